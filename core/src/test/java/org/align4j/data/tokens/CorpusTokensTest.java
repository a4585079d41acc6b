package org.align4j.data.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.align4j.data.OnError;
import org.align4j.data.format.FormatOptions;
import org.align4j.data.rows.ReadOptions;
import org.align4j.error.AlignException;
import org.align4j.tokenizer.TinyTokenizer;
import org.align4j.tokenizer.Tokenizer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusTokensTest {
    private static final String ORIGIN = "ab".repeat(32);

    @TempDir
    Path folder;

    private final Tokenizer tokenizer = TinyTokenizer.bytesWithBos();
    private final Arena arena = Arena.ofConfined();
    private TinyCorpus corpus = new TinyCorpus(Path.of(""), List.of());

    @BeforeEach
    void writeTexts() throws IOException {
        corpus = TinyCorpus.write(folder.resolve("texts.jsonl"), 60);
    }

    @AfterEach
    void close() {
        arena.close();
        tokenizer.close();
    }

    private TokenFolder target(String name) {
        return new TokenFolder(folder.resolve(name), "train", ORIGIN);
    }

    @Test
    void documentsStandEndToEndWithTheirBeginningsAndEnds() {
        TokenStream stream = corpus.stream(target("t"), tokenizer, 500, arena);
        assertThat(stream.documents()).isEqualTo(60);
        long at = 0;
        for (String text : corpus.texts()) {
            long end = stream.documentEnd(at);
            int[] ids = stream.ids(at, end);
            assertThat(ids[0]).isEqualTo(tokenizer.bos().orElseThrow().id());
            assertThat(ids[ids.length - 1])
                    .isEqualTo(tokenizer.eos().orElseThrow().id());
            assertThat(tokenizer.decode(ids, true)).isEqualTo(text);
            assertThat(stream.documentEnd(end - 1)).isEqualTo(end);
            at = end;
        }
        assertThat(at).isEqualTo(stream.tokens());
        assertThat(stream.ids(0, at)).hasSize((int) at);
    }

    @Test
    void filesEndWhereDocumentsDo() throws IOException {
        corpus.stream(target("t"), tokenizer, 500, arena);
        Map<String, byte[]> files = files("t");
        assertThat(files).hasSizeGreaterThan(5);
        assertThat(TokenFile.open(folder.resolve("t/train-00000.tokens"), arena).tokens())
                .isBetween(500L, 700L);
    }

    @Test
    void interruptedWorkGoesOnToTheSameFiles() throws IOException {
        corpus.stream(target("whole"), tokenizer, 300, arena);
        for (int cut : List.of(1, 17, 44)) {
            BooleanSupplier later = new BooleanSupplier() {
                private int asked;

                @Override
                public boolean getAsBoolean() {
                    return asked++ >= cut;
                }
            };
            assertThatThrownBy(() -> CorpusTokens.make(
                            target("parts"), corpus.settings(), d -> true, tokenizer, 300, p -> {}, later))
                    .isInstanceOf(CancellationException.class);
            assertThat(target("parts").isComplete()).isFalse();
        }
        corpus.stream(target("parts"), tokenizer, 300, arena);
        assertSameFiles("parts", "whole");
    }

    @Test
    void finishedFilesAreKeptAndOthersMadeAgain() throws IOException {
        corpus.stream(target("whole"), tokenizer, 300, arena);
        corpus.stream(target("parts"), tokenizer, 300, arena);
        // as after a kill in the second file
        Files.delete(folder.resolve("parts/train.complete"));
        Files.writeString(folder.resolve("parts/train-00001.tokens"), "cut off");
        corpus.stream(target("parts"), tokenizer, 300, arena);
        assertSameFiles("parts", "whole");
        TokenFolder other = new TokenFolder(folder.resolve("parts"), "train", "cd".repeat(32));
        assertThat(other.isComplete()).isFalse();
        TinyCorpus.write(folder.resolve("other.jsonl"), 3).stream(other, tokenizer, 300, arena);
        assertThat(files("parts")).hasSize(1);
    }

    @Test
    void everyKindOfDamageIsDetected() throws IOException {
        corpus.stream(target("t"), tokenizer, 1_000_000, arena);
        Path file = folder.resolve("t/train-00000.tokens");
        byte[] sound = Files.readAllBytes(file);
        for (int at : IntStream.iterate(0, i -> i < sound.length, i -> i + 37).toArray()) {
            byte[] damaged = sound.clone();
            damaged[at] ^= 4;
            Files.write(file, damaged);
            assertThatThrownBy(() -> target("t").open(arena))
                    .as("byte %d", at)
                    .isInstanceOf(AlignException.Data.class)
                    .hasMessageContaining("train-00000.tokens");
        }
        Files.write(file, java.util.Arrays.copyOf(sound, sound.length - 3));
        assertThatThrownBy(() -> target("t").open(arena)).hasMessageContaining("were written");
    }

    @Test
    void chosenDocumentsOnly() {
        CorpusTokens.make(target("t"), corpus.settings(), d -> d % 10 == 3, tokenizer, 300, p -> {}, () -> false);
        TokenStream stream = target("t").open(arena);
        assertThat(stream.documents()).isEqualTo(6);
        assertThat(tokenizer.decode(stream.ids(0, stream.documentEnd(0)), true)).startsWith("Document 3:");
    }

    @Test
    void piecesOfALongTextGiveTheTokensOfTheWhole() throws IOException {
        String line = "Once upon a time there was a fox\n\n  and an owl, 12 years old\n";
        String text = line.repeat(500);
        Path file = Files.writeString(folder.resolve("long.txt"), text);
        Corpus.Settings settings = new Corpus.Settings(
                List.of(file.toString()),
                ReadOptions.DEFAULT.withPieceBytes(9000),
                FormatOptions.DEFAULT,
                OnError.FAIL);
        try (Corpus pieces = Corpus.open(settings)) {
            StringBuilder all = new StringBuilder();
            int count = 0;
            while (pieces.hasNext()) {
                Corpus.Piece piece = pieces.next();
                assertThat(piece.text().length()).isLessThan(9100);
                all.append(piece.text());
                count++;
                assertThat(piece.last()).isEqualTo(!pieces.hasNext());
            }
            assertThat(count).isEqualTo(4);
            assertThat(all.toString() + "\n").isEqualTo(text);
        }
        CorpusTokens.make(target("t"), settings, d -> true, tokenizer, 1000, p -> {}, () -> false);
        TokenStream stream = target("t").open(arena);
        assertThat(stream.documents()).isEqualTo(1);
        int[] whole = tokenizer.encode(text.substring(0, text.length() - 1));
        assertThat(stream.ids(1, stream.tokens() - 1)).isEqualTo(whole);
    }

    @Test
    void faultsOfTextsAreNamedWithTheirPlace() throws IOException {
        refuses("bad.txt", new byte[] {'o', 'k', '\n', 'a', (byte) 0xff, 'b'}, "byte 2 of the text's line 2");
        refuses(
                "bad.jsonl",
                "{\"text\": \"ok\"}\n{\"text\": \"\u00e9\"}".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1),
                "bad.jsonl:2",
                "byte 11");
        refuses("zero.txt", new byte[100], "binary");
        refuses("empty.txt", new byte[0], "no example to use");
        refuses("other.jsonl", "{\"story\": \"x\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8), "text");
    }

    private void refuses(String name, byte[] content, String... words) throws IOException {
        Path file = Files.write(folder.resolve(name), content);
        TinyCorpus broken = new TinyCorpus(file, List.of());
        assertThatThrownBy(() -> broken.stream(target("t"), tokenizer, 100, arena))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContainingAll(words);
    }

    private void assertSameFiles(String actual, String expected) throws IOException {
        Map<String, byte[]> wanted = files(expected);
        Map<String, byte[]> found = files(actual);
        assertThat(found.keySet()).isEqualTo(wanted.keySet());
        wanted.forEach((name, bytes) -> assertThat(found.get(name)).isEqualTo(bytes));
    }

    private Map<String, byte[]> files(String name) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> children = Files.list(folder.resolve(name))) {
            for (Path child : children.toList()) {
                if (child.toString().endsWith(".tokens")) {
                    files.put(child.getFileName().toString(), Files.readAllBytes(child));
                }
            }
        }
        return files;
    }
}

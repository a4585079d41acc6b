package org.align4j.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIterable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.align4j.testing.Shared;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every text of every tokenizer in the golden folder: ids, offsets and decoded texts of Hugging
/// Face's tokenizers.
class TokenizerGoldenTest {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    @TestFactory
    List<DynamicTest> tokenizesAsHuggingFaceDoes() throws IOException {
        return cases((name, texts) -> {
            try (Tokenizer tokenizer = Tokenizer.load(Shared.data("tokenizers/" + name))) {
                for (JsonNode text : texts) {
                    check(tokenizer, text);
                }
            }
        });
    }

    @TestFactory
    List<DynamicTest> streamsWhatItDecodes() throws IOException {
        return cases((name, texts) -> {
            try (Tokenizer tokenizer = Tokenizer.load(Shared.data("tokenizers/" + name))) {
                for (JsonNode text : texts) {
                    int[] ids = ints(text.path("ids"));
                    assertThat(streamed(tokenizer, ids, false)).isEqualTo(tokenizer.decode(ids, false));
                    assertThat(streamed(tokenizer, ids, true)).isEqualTo(tokenizer.decode(ids, true));
                }
            }
        });
    }

    static String streamed(Tokenizer tokenizer, int[] ids, boolean skipSpecialTokens) {
        StreamDecoder decoder = tokenizer.streamDecoder(skipSpecialTokens);
        StringBuilder all = new StringBuilder();
        for (int id : ids) {
            all.append(decoder.next(id));
        }
        return all.append(decoder.finish()).toString();
    }

    private static void check(Tokenizer tokenizer, JsonNode text) {
        String source = text.path("text").asString();
        int[] ids = ints(text.path("ids"));
        assertThat(tokenizer.encode(source)).as("ids of %s", source).isEqualTo(ids);
        assertThat(tokenizer.encodeWithSpecialTokens(source))
                .as("ids with special tokens of %s", source)
                .isEqualTo(ints(text.path("ids_with_special")));
        assertThat(tokenizer.decode(ids, false)).isEqualTo(text.path("decoded").asString());
        assertThat(tokenizer.decode(ids, true))
                .isEqualTo(text.path("decoded_skip_special").asString());
        if (text.has("offsets")) {
            Encoding encoding = tokenizer.encodeWithOffsets(source);
            List<List<Integer>> offsets = new ArrayList<>();
            for (int i = 0; i < encoding.size(); i++) {
                offsets.add(List.of(encoding.starts()[i], encoding.ends()[i]));
            }
            assertThatIterable(offsets).as("offsets of %s", source).isEqualTo(pairs(text.path("offsets")));
        }
    }

    private interface Body {
        void run(String name, List<JsonNode> texts) throws IOException;
    }

    private static List<DynamicTest> cases(Body body) throws IOException {
        Path folder = Shared.golden("tokenizers");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jsonl"))
                    .sorted()
                    .map(file -> {
                        String name = file.getFileName().toString().replace(".jsonl", "");
                        return Shared.goldenCase("tokenizers", name, () -> body.run(name, read(file)));
                    })
                    .toList();
        }
    }

    static List<JsonNode> read(Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> !line.isBlank()).map(MAPPER::readTree).toList();
        }
    }

    static int[] ints(JsonNode array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).asInt();
        }
        return values;
    }

    private static List<List<Integer>> pairs(JsonNode array) {
        List<List<Integer>> pairs = new ArrayList<>();
        array.forEach(pair -> pairs.add(List.of(pair.get(0).asInt(), pair.get(1).asInt())));
        return pairs;
    }
}

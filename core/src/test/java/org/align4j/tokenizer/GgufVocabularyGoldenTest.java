package org.align4j.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.align4j.testing.Shared;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// GGUF vocabularies and SentencePiece models against the reference results of their own libraries.
class GgufVocabularyGoldenTest {
    private static final String MARKER = "\n__ggml_vocab_test__\n";

    @Test
    void byteLevelVocabularyEncodesAsLlamaCppDoes() throws IOException {
        assertEncodesAsLlamaCpp("ggml-vocab-gpt-2.gguf");
    }

    @Test
    void sentencePieceVocabularyEncodesAsLlamaCppDoes() throws IOException {
        assertEncodesAsLlamaCpp("ggml-vocab-llama-spm.gguf");
    }

    @Test
    void modelFileEncodesAndDecodesAsItsTokenizerJsonDoes() throws IOException {
        Path folder = Shared.data("models/smollm2");
        try (Stream<Path> files = Files.list(folder)) {
            Path file = files.filter(path -> path.toString().endsWith(".gguf"))
                    .findFirst()
                    .orElseThrow();
            try (Tokenizer tokenizer = gguf(file)) {
                for (JsonNode text : golden("smollm2")) {
                    int[] ids = TokenizerGoldenTest.ints(text.path("ids"));
                    assertThat(tokenizer.encode(text.path("text").asString())).isEqualTo(ids);
                    assertThat(tokenizer.decode(ids, false))
                            .isEqualTo(text.path("decoded").asString());
                    assertThat(tokenizer.decode(ids, true))
                            .isEqualTo(text.path("decoded_skip_special").asString());
                }
                assertThat(tokenizer.eos()).contains(new SpecialToken(2, "<|im_end|>"));
                assertThat(tokenizer.config().chatTemplate()).isPresent();
            }
        }
    }

    @Test
    void sentencePieceModelEncodesAsSentencePieceDoes() throws IOException {
        Path file = Shared.data("tokenizers/mistral-7b/tokenizer.model");
        SentencePieceModel model = SentencePieceModel.read(Files.readAllBytes(file), file.toString());
        int same = 0;
        try (Tokenizer tokenizer = Tokenizer.ofSentencePiece(model, TokenizerConfig.EMPTY, file.toString())) {
            for (JsonNode text : golden("mistral-7b")) {
                int[] ids = TokenizerGoldenTest.ints(text.path("ids"));
                int[] own = TokenizerGoldenTest.ints(text.path("sentencepiece_ids"));
                int[] encoded = tokenizer.encode(text.path("text").asString());
                boolean spelled = Arrays.stream(encoded).anyMatch(tokenizer::isSpecial);
                assertThat(encoded).isEqualTo(spelled ? ids : own);
                assertThat(tokenizer.encodeWithSpecialTokens(text.path("text").asString()))
                        .isEqualTo(TokenizerGoldenTest.ints(text.path("ids_with_special")));
                assertThat(tokenizer.decode(ids, false))
                        .isEqualTo(text.path("decoded").asString());
                same += spelled ? 0 : 1;
            }
        }
        assertThat(same).isGreaterThan(golden("mistral-7b").size() / 2);
    }

    private static void assertEncodesAsLlamaCpp(String name) throws IOException {
        Path file = Shared.data("tokenizers/gguf/" + name);
        String inputs = Files.readString(Shared.data("tokenizers/gguf/" + name + ".inp"));
        List<String> outputs = Files.readAllLines(Shared.data("tokenizers/gguf/" + name + ".out"));
        List<String> texts = new ArrayList<>(List.of(inputs.split(MARKER, -1)));
        assertThat(texts).hasSizeGreaterThanOrEqualTo(outputs.size()).isNotEmpty();
        try (Tokenizer tokenizer = gguf(file)) {
            for (int i = 0; i < outputs.size(); i++) {
                int[] expected = Stream.of(outputs.get(i).trim().split(" +"))
                        .filter(id -> !id.isEmpty())
                        .mapToInt(Integer::parseInt)
                        .toArray();
                assertThat(tokenizer.encode(texts.get(i)))
                        .as("text %d: %s", i, texts.get(i))
                        .isEqualTo(expected);
            }
        }
    }

    private static Tokenizer gguf(Path file) throws IOException {
        return GgufVocabulary.of(TinyGguf.metadata(file), file.toString()).tokenizer(file.toString());
    }

    private static List<JsonNode> golden(String name) throws IOException {
        return TokenizerGoldenTest.read(Shared.data("../golden/tokenizers/" + name + ".jsonl"));
    }
}

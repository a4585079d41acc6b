package org.align4j.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.align4j.error.AlignException;
import org.align4j.testing.Shared;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BytePairTrainingTest {
    private static final List<String> TEXTS = List.of("the fox is red", "the owl is red", "the fox is 12 + 34");

    private static Tokenizer trained(int merges) {
        return BytePairTraining.train(TEXTS, settings(256 + 2 + merges, 2, "smollm", List.of("<|a|>", "<|b|>")));
    }

    private static BytePairTraining.Settings settings(
            int vocabulary, long minFrequency, String split, List<String> special) {
        return new BytePairTraining.Settings(
                vocabulary,
                minFrequency,
                split,
                special,
                Optional.empty(),
                special.getLast(),
                special.getLast(),
                Optional.of("{{ messages[0].content }}"));
    }

    /// The fixture is made by `tools/tokenizer_fixture.py`.
    @TestFactory
    Stream<DynamicTest> learnsWhatHuggingFaceLearns(@TempDir Path folder) throws IOException {
        JsonNode fixture;
        try (InputStream file =
                Objects.requireNonNull(BytePairTrainingTest.class.getResourceAsStream("trained.json"))) {
            fixture = JsonMapper.shared().readTree(file);
        }
        List<String> texts = strings(fixture.path("texts"));
        return StreamSupport.stream(fixture.path("cases").spliterator(), false)
                .map(wanted -> DynamicTest.dynamicTest(
                        wanted.path("split").asString() + " "
                                + wanted.path("vocabulary").asInt() + " "
                                + wanted.path("min_frequency").asInt(),
                        () -> learnsTheSame(texts, wanted, folder)));
    }

    private static void learnsTheSame(List<String> texts, JsonNode wanted, Path folder) throws IOException {
        BytePairTraining.Settings settings = settings(
                wanted.path("vocabulary").asInt(),
                wanted.path("min_frequency").asLong(),
                wanted.path("split").asString(),
                strings(wanted.path("special")));
        try (Tokenizer tokenizer = BytePairTraining.train(texts, settings)) {
            tokenizer.save(folder);
        }
        JsonNode model = Shared.json(folder.resolve("tokenizer.json")).path("model");
        List<String> tokens = new ArrayList<>(model.path("vocab").propertyNames());
        assertThat(model.path("merges")).isEqualTo(wanted.path("merges"));
        assertThat(tokens).isEqualTo(strings(wanted.path("tokens")));
    }

    private static List<String> strings(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asString)
                .toList();
    }

    @Test
    void frequentWordsBecomeTokens() {
        try (Tokenizer tokenizer = trained(50)) {
            assertThat(tokenizer.encode("the fox")).hasSize(2);
            assertThat(tokenizer.id("Ġfox")).isPresent();
        }
    }

    @Test
    void digitsStandAlone() {
        try (Tokenizer tokenizer = trained(50)) {
            assertThat(tokenizer.encode("1234")).hasSize(4);
        }
    }

    @Test
    void anyTextComesBackAsItWas() {
        try (Tokenizer tokenizer = trained(5)) {
            String text = "Über 3 Ω\n\tand 🦊  two spaces";
            assertThat(tokenizer.decode(tokenizer.encode(text), false)).isEqualTo(text);
        }
    }

    @Test
    void specialTokensComeFirstAndHaveTheirRoles(@TempDir Path folder) {
        try (Tokenizer tokenizer = trained(3)) {
            assertThat(tokenizer.vocabularySize()).isEqualTo(2 + 256 + 3);
            assertThat(tokenizer.eos()).contains(new SpecialToken(1, "<|b|>"));
            assertThat(tokenizer.encode("<|a|>x<|b|>")).hasSize(3).startsWith(0).endsWith(1);
            tokenizer.save(folder);
            try (Tokenizer again = Tokenizer.load(folder)) {
                assertThat(again.encode("the <|a|> fox")).isEqualTo(tokenizer.encode("the <|a|> fox"));
                assertThat(again.config().chatTemplate()).contains("{{ messages[0].content }}");
            }
        }
    }

    @Test
    void beginTokenStandsBeforeEveryText() {
        try (Tokenizer tokenizer = BytePairTraining.train(TEXTS, BytePairTraining.Settings.of(280))) {
            int begin = tokenizer.bos().orElseThrow().id();
            assertThat(tokenizer.encodePrompt("the fox")).startsWith(begin);
            assertThat(tokenizer.encodeWithSpecialTokens("the fox")).startsWith(begin);
            assertThat(tokenizer.encode("the fox")).doesNotContain(begin);
        }
    }

    @Test
    void textThatSupportsNoMoreGivesASmallerVocabulary() {
        try (Tokenizer tokenizer = trained(100_000)) {
            assertThat(tokenizer.vocabularySize()).isBetween(260, 300);
        }
    }

    @Test
    void wrongSettingsAreNamedTogether() {
        assertThatThrownBy(() -> settings(256, -1, "gpt9", List.of("<|a|>", "<|a|>")))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("no room")
                .hasMessageContaining("gpt9")
                .hasMessageContaining("must differ")
                .hasMessageContaining("least frequency");
    }

    @Test
    void noTextIsRefused() {
        assertThatThrownBy(() -> BytePairTraining.train(List.of(), BytePairTraining.Settings.of(300)))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("no text");
    }
}

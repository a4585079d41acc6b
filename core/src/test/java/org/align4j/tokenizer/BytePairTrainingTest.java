package org.align4j.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BytePairTrainingTest {
    private static final List<String> TEXTS = List.of("the fox is red", "the owl is red", "the fox is 12 + 34");

    private static Tokenizer trained(int merges) {
        return BytePairTraining.train(TEXTS, merges, List.of("<|a|>", "<|b|>"), "{{ messages[0].content }}");
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
    void specialTokensComeLastAndTheLastEndsTexts(@TempDir Path folder) {
        try (Tokenizer tokenizer = trained(3)) {
            assertThat(tokenizer.vocabularySize()).isEqualTo(256 + 3 + 2);
            assertThat(tokenizer.eos()).contains(new SpecialToken(260, "<|b|>"));
            assertThat(tokenizer.encode("<|a|>x<|b|>"))
                    .hasSize(3)
                    .startsWith(259)
                    .endsWith(260);
            tokenizer.save(folder);
            try (Tokenizer again = Tokenizer.load(folder)) {
                assertThat(again.encode("the <|a|> fox")).isEqualTo(tokenizer.encode("the <|a|> fox"));
                assertThat(again.config().chatTemplate()).contains("{{ messages[0].content }}");
            }
        }
    }
}

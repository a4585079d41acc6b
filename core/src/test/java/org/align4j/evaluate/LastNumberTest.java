package org.align4j.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import org.align4j.testing.Shared;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LastNumberTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    The answer is 18.                 | 18
                    so $1,234.50 in all               | 1234.5
                    x = -3                            | -3
                    10-4                              | 4
                    (2)-1 and then                    | 1
                    it costs -$5                      | -5
                    12, 13 or 14%                     | 14
                    1,2,3                             | 3
                    from .5 to .25                    | .25
                    #### 1,000,000                    | 1000000
                    """)
    void readsTheLastNumber(String text, BigDecimal number) {
        assertThat(LastNumber.of(text))
                .hasValueSatisfying(read -> assertThat(read).isEqualByComparingTo(number));
    }

    @Test
    void textsWithoutNumbersAgreeWithNothing() {
        assertThat(LastNumber.of("none at all.")).isEmpty();
        assertThat(LastNumber.agree("none", "none")).isFalse();
        assertThat(LastNumber.agree("It is 18.00 dollars", "#### 18")).isTrue();
    }

    /// Every verdict that GSM8K's authors give on their models' solutions.
    @Test
    void agreesWithGsm8ksVerdicts() throws IOException {
        for (String line : Files.readAllLines(Shared.data("instruction/gsm8k/example_model_solutions.jsonl"))) {
            JsonNode row = JsonMapper.shared().readTree(line);
            row.forEachEntry((name, value) -> {
                if (value.has("is_correct")) {
                    assertThat(LastNumber.agree(
                                    value.get("solution").asString(),
                                    row.get("ground_truth").asString()))
                            .as(value.toString())
                            .isEqualTo(value.get("is_correct").asBoolean());
                }
            });
        }
    }
}

package org.align4j.rl.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.align4j.random.CounterRandom;
import org.align4j.testing.Shared;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MathVerifierTest {
    private static final Duration LIMIT = Duration.ofMillis(50);

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "18 ~ 18",
                "18.0 ~ 18",
                "-3 ~ −3",
                "$1,234,567 ~ 1234567",
                "1{,}000 ~ 1000",
                "1\\,000 ~ 1000",
                "10 000 ~ 10000",
                "0.5 ~ 1/2",
                "\\frac{1}{2} ~ .5",
                "\\dfrac12 ~ 0.50",
                "-\\frac{3}{4} ~ \\frac{-3}{4}",
                "3\\frac{1}{2} ~ 7/2",
                "3 1/2 ~ 3.5",
                "3½ ~ 3.5",
                "2/4 ~ 1/2",
                "0.3333 ~ 1/3",
                "0.6667 ~ 2/3",
                "0.\\overline{3} ~ 1/3",
                "1.41421356 ~ \\sqrt{2}",
                "50% ~ 0.5",
                "50\\% ~ 50",
                "12.5 percent ~ 12.5%",
                "5 dollars ~ 5",
                "5 apples ~ 5",
                "$5 ~ 5 dollars",
                "5\\text{ cm} ~ 5",
                "60 minutes ~ 1 hour",
                "150 cm ~ 1.5 m",
                "5 million ~ 5000000",
                "90^\\circ ~ 90",
                "90° ~ 90 degrees",
                "\\sqrt{8} ~ 2\\sqrt{2}",
                "\\sqrt[3]{27} ~ 3",
                "\\frac{\\sqrt 3}{3} ~ \\frac{1}{\\sqrt{3}}",
                "2\\pi ~ 2π",
                "\\frac{\\pi}{2} ~ 0.5\\pi",
                "2^{10} ~ 1024",
                "1.2 \\times 10^5 ~ 120000",
                "1.2e5 ~ 120000",
                "1e-05 ~ 0.00001",
                "5! ~ 120",
                "x = 5 ~ 5",
                "x=5 ~ x = 5",
                "2 + 3 = 5 ~ 5",
                "f(x) = 2x + 3 ~ 3+2x",
                "y = 2x+3 ~ y=3 + 2x",
                "(x+1)^2 ~ x^2+2x+1",
                "\\frac{x^2-1}{x-1} ~ x+1",
                "\\sin^2 x + \\cos^2 x ~ \\cos^2 x+\\sin^2 x",
                "x(x-1) ~ x^2 - x",
                "x + y = 5 ~ 5 = y + x",
                "\\{1, 2, 3\\} ~ \\{3,2,1\\}",
                "1, 2 ~ 2 and 1",
                "x = 1 or x = -2 ~ -2, 1",
                "\\pm 3 ~ 3, -3",
                "1 \\pm \\sqrt{2} ~ 1-\\sqrt2, 1+\\sqrt2",
                "(1, 2) ~ ( 1.0 , 4/2 )",
                "\\left(\\frac12, 3\\right) ~ (0.5,3)",
                "[0, \\infty) ~ [0,∞)",
                "(-\\infty, 2) \\cup (3, 4] ~ (3,4] ∪ (-∞,2)",
                "x \\in [1,2] ~ [1, 2]",
                "Monday ~ \\text{monday}",
                "(B) ~ B",
                "The total is 42 apples in all ~ 42",
                "**42** ~ 42",
                "42. ~ 42",
                "\\log 100 ~ 2",
                "\\ln e ~ 1",
                "2**3 ~ 8",
                "|−4| ~ 4",
                "123456789012345678901234567890 ~ 123456789012345678901234567890.0",
                "5m ~ 5",
                "12 m/s ~ 12",
                "5 pcs ~ 5",
                "5 square meters ~ 5 m^2",
                "10000 cm^2 ~ 1 m^2",
                "$18 per day ~ 18",
                "Yes ~ yes",
                "no ~ No",
                "x = 1, y = 2 ~ y=2 and x=1",
                "18\\text{ cm}^2 ~ 18",
                "18\\,\\text{cm}^2 ~ 18 square cm",
                "18\\text{ cm}^{2} ~ 18",
                "18 cm^{2} ~ 18 cm^2",
                "25\\pi \\text{ cm}^2 ~ 25\\pi",
                "9.8 \\text{ m/s}^2 ~ 9.8",
                "18\\text{ cm}^3 ~ 18 cubic cm",
                "x ^{2} + 1 ~ 1 + x^2",
                "x^{2}y ~ yx^2",
                "2^{3}e-1 ~ 8e - 1",
                "12 in ~ 12 inches",
                "12 in. ~ 1 foot",
                "144 in^2 ~ 1 square foot",
                "12 in total ~ 12",
                "ABC ~ BCA",
                "abc ~ a \\cdot c \\cdot b",
                "xyz ~ x y z",
                "xy ~ yx",
            })
    void theseAreTheSame(String answer, String expected) {
        assertThat(MathVerifier.same(answer, expected)).isTrue();
        assertThat(MathVerifier.same(expected, answer) || expected.equals("42")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "18 ~ 19",
                "1.4 ~ 14",
                "5! ~ 5",
                "1000001 ~ 1000000",
                "123456789012345678901234567890 ~ 123456789012345678901234567891",
                "0.33 ~ 1/3",
                "0.3334 ~ 1/3",
                "3.14 ~ \\pi",
                "1/2 ~ 2",
                "50% ~ 5",
                "5 hours ~ 5 minutes",
                "5 hours ~ 5 apples",
                "x+1 ~ x-1",
                "x ~ 5",
                "x+1 ~ y+1",
                "\\{1,2\\} ~ \\{1,2,3\\}",
                "1, 1 ~ 1, 2",
                "(1,2) ~ (2,1)",
                "[1,2) ~ (1,2)",
                "(1,2) ~ \\{1,2\\}",
                "[1,2] ~ [1,2] \\cup [3,4]",
                "-5 ~ 5",
                "Monday ~ Tuesday",
                "B ~ C",
                "5 or 6 ~ 5",
                "between 5 and 7 ~ 5",
                "1/0 ~ 1/0 + 1",
                "x + y = 5 ~ 5",
                "2^3 ~ 6",
                "1,2 ~ 12",
                "2x ~ 2",
                "2x ~ 2y",
                "5xy ~ 5",
                "2 x y ~ 2",
                "3x^2 ~ 3x^3",
                "x^2 + 3x ~ x^2 + 3y",
                "x^2 - 5x ~ x^2 - 5",
                "5 cm^2 ~ 5 cm",
                "5 cm^2 ~ 5 m^2",
                "10^{-10}x ~ 2\\cdot 10^{-10}x",
                "x = 1, y = 2 ~ x = 2, y = 1",
                "18\\text{ cm}^2 ~ 18\\text{ cm}^3",
                "18\\text{ cm}^2 ~ 18\\text{ cm}",
                "3x^{2} ~ 3x^{3}",
                "2x^{2} ~ 2",
                "12 in ~ 12 cm",
                "12 in ~ 12 apples",
                "cat ~ act",
                "dog ~ god",
                "yes ~ sey",
                "cat, dog ~ act, god",
                "big dog ~ dog big",
            })
    void theseAreNot(String answer, String expected) {
        assertThat(MathVerifier.same(answer, expected)).isFalse();
        assertThat(MathVerifier.same(expected, answer)).isFalse();
    }

    @Test
    void theLastMarkedAnswerCounts() {
        MathVerifier verifier = MathVerifier.MARKED;
        assertThat(verifier.answer("So \\boxed{3} and no, \\boxed{\\frac{1}{2}}."))
                .contains("\\frac{1}{2}");
        assertThat(verifier.answer("\\boxed{3}\n#### 4\nbye")).contains("4");
        assertThat(verifier.answer("#### 4\n so \\boxed{3} and \\boxed{")).contains("3");
        assertThat(verifier.answer("$\\boxed 5$")).contains("5");
        assertThat(verifier.answer("\\boxed{\\boxed{3}}")).contains("3");
        assertThat(verifier.answer("It is 7\nA: 8")).contains("8");
        assertThat(verifier.answer("**Final answer:** 9")).contains("** 9");
        assertThat(verifier.answer("Hence the answer is 12. I am sure of 3.")).contains("12");
        assertThat(verifier.answer("it is 7")).isEmpty();
        assertThat(new MathVerifier(true).answer("it is 7 or 8.5!")).contains("8.5");
        assertThat(verifier.isRight("… #### 18", "16 - 3 = 13 …\n#### 18")).isTrue();
        assertThat(verifier.isRight("18", "18")).isFalse();
    }

    @Test
    void theSameWordAgainAndAgainIsReadInTime() {
        for (String piece : List.of("\\boxed", "\\boxed{", "\\boxed a", "answer is", "#### ", "A:\n", "1,", "-1")) {
            String solution = piece.repeat(100_000 / piece.length());
            assertThat(time(solution, "7")).as(piece).isLessThan(LIMIT.multipliedBy(20));
        }
        // words that can be cut in many ways
        for (String piece : List.of("a.", "a", "a ", "a-/")) {
            String answer = "5 " + piece.repeat(390 / piece.length()) + "!";
            assertThat(time("#### " + answer, "7")).as(piece).isLessThan(LIMIT.multipliedBy(20));
        }
    }

    @Test
    void agreesWithTheLabelsOfModelSolutions() throws Exception {
        Path file = Shared.data("instruction/gsm8k/example_model_solutions.jsonl");
        List<String> disagreements = new ArrayList<>();
        int count = 0;
        for (String line : Files.readAllLines(file)) {
            JsonNode row = JsonMapper.shared().readTree(line);
            String expected = row.get("ground_truth").asString();
            for (JsonNode solution : row) {
                if (solution.has("is_correct")) {
                    count++;
                    String text = solution.get("solution").asString();
                    if (MathVerifier.MARKED.isRight(text, expected)
                            != solution.get("is_correct").asBoolean()) {
                        disagreements.add(text + " / " + expected);
                    }
                }
            }
        }
        assertThat(count).isGreaterThan(5000);
        assertThat(disagreements).hasSizeLessThanOrEqualTo(count / 200);
    }

    @Test
    void noTextMakesItThrowOrTakeLong() {
        int texts = Integer.getInteger("align4j.fuzz", 5_000);
        Duration longest = Duration.ZERO;
        for (int i = 0; i < texts; i++) {
            String solution = RandomAnswers.text(i);
            String expected = RandomAnswers.text(i + 1_000_003L);
            Duration time = time(solution, expected);
            // the compiler, the collector and other processes take time too, but not again and again
            for (int again = 0; again < 5 && time.compareTo(LIMIT) > 0; again++) {
                time = time(solution, expected);
            }
            longest = time.compareTo(longest) > 0 ? time : longest;
        }
        assertThat(longest).isLessThan(LIMIT);
    }

    private static Duration time(String solution, String expected) {
        long start = System.nanoTime();
        MathVerifier.MARKED.isRight(solution, expected);
        MathVerifier.same(solution, expected);
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /// Random pieces of what answers are made of.
    private static final class RandomAnswers {
        private static final String[] PIECES = {
            "\\boxed{",
            "}",
            "{",
            "#### ",
            "\\frac",
            "\\sqrt",
            "[",
            "]",
            "(",
            ")",
            "^",
            "_",
            "!",
            "%",
            ",",
            ".",
            "-",
            "+",
            "*",
            "/",
            "=",
            "1",
            "23",
            "0",
            "999999999999",
            "x",
            "y",
            "e",
            "e9",
            "e-999",
            "\\pi",
            "\\infty",
            "\\cup",
            "\\pm",
            "\\{",
            "\\}",
            "\\text{",
            "cm",
            " and ",
            "million",
            "|",
            "sin",
            "log",
            " ",
            "\n",
            "$",
            "∞",
            "½",
            "𝔸",
            "\u0000",
            "\\",
            "A:",
            "answer is",
            "\\overline{",
            "**",
            "°",
            "percent",
            "0.",
            "((((((((",
            "----------",
            "^^^",
        };

        private static String text(long number) {
            CounterRandom random = CounterRandom.of(number, "fuzz");
            int length = (int) random.below(number % 50 == 0 ? 3000 : 40, 0);
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < length; i++) {
                if (random.below(12, 1, i) == 0) {
                    text.appendCodePoint((int) random.below(0xD7FF, 2, i));
                } else {
                    text.append(PIECES[(int) random.below(PIECES.length, 3, i)]);
                }
            }
            return text.toString();
        }
    }
}

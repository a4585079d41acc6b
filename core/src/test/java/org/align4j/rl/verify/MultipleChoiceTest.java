package org.align4j.rl.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MultipleChoiceTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "B is correct. ~ B",
                "A is correct. ~ A",
                "A because the others are wrong ~ A",
                "A since it is even ~ A",
                "A would be my choice ~ A",
                "a is right ~ A",
                "I is the right one ~ I",
                "The answer is a because of that ~ A",
                "A man has three dogs (C) ~ C",
                "I would choose (B) ~ B",
                "The answer is a prime number (C) ~ C"
            })
    void theLetterIsTheChoice(String response, String choice) {
        assertThat(MultipleChoice.of(response)).contains(choice);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"A man is old", "A island is it", "I would say so", "I think it is", "Because", "Answer: $"})
    void wordsAreNoChoice(String response) {
        assertThat(MultipleChoice.of(response)).isEmpty();
    }
}

package org.align4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.align4j.error.AlignException;
import org.junit.jupiter.api.Test;

class SplitTest {
    private static List<Example> examples(int count, int distinct) {
        return new ArrayList<>(IntStream.range(0, count)
                .mapToObj(i -> (Example) new Example.PlainText("text " + i % distinct, Source.memory(i)))
                .toList());
    }

    @Test
    void holdsOutTheNumberAskedForAndTheSameEveryTime() {
        List<Example> examples = examples(100, 100);
        Split<Example> split = Split.of(examples, new Split.Count(20), 1);
        assertThat(split.evaluation())
                .hasSize(20)
                .isEqualTo(Split.of(examples, new Split.Count(20), 1).evaluation());
        assertThat(split.train()).hasSize(80).doesNotContainAnyElementsOf(split.evaluation());
        assertThat(Split.of(examples, new Split.Fraction(0.1), 1).evaluation()).hasSize(10);
        assertThat(Split.of(examples, new Split.Count(20), 2).evaluation()).isNotEqualTo(split.evaluation());
        assertThat(Split.of(examples, new Split.None(), 1).evaluation()).isEmpty();
    }

    @Test
    void keepsDuplicatesOnOneSide() {
        Split<Example> split = Split.of(examples(100, 25), new Split.Count(22), 1);
        assertThat(split.evaluation()).hasSize(20);
        DataChecks checks = DataChecks.of(split.train(), split.evaluation());
        assertThat(checks.leaks()).isEmpty();
        assertThat(checks.duplicates()).hasSize(60);
    }

    @Test
    void reportsLeaksAndDuplicatesWithTheirPlaces() {
        List<Example> train = examples(3, 2);
        DataChecks checks = DataChecks.of(train, List.of(new Example.PlainText("text 1", new Source("eval", 9))));
        assertThat(checks.leaks()).containsExactly("eval:9 equals memory:1");
        assertThat(checks.duplicates()).containsExactly("memory:2 equals memory:0");
        assertThat(checks.warnings()).hasSize(2).first().asString().startsWith("1 evaluation examples are trained on");
    }

    @Test
    void refusesToHoldOutEverything() {
        assertThatThrownBy(() -> Split.of(examples(5, 5), new Split.Count(5), 1))
                .isInstanceOf(AlignException.Config.class);
        assertThatThrownBy(() -> Split.of(examples(6, 2), new Split.Count(1), 1))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("duplicates");
    }
}

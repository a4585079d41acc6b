package org.align4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class AxisTest {
    @Test
    void marksAreRoundNumbersThatSpanTheValues() {
        Axis axis = Axis.of(DoubleStream.of(1.13, 2.87));
        assertThat(axis.ticks().stream().map(axis::label)).containsExactly("1.0", "1.5", "2.0", "2.5", "3.0");
        assertThat(axis.share(1.13)).isBetween(0.0, 1.0);
        assertThat(axis.share(2.87)).isBetween(0.0, 1.0);
    }

    @Test
    void stepsAreWholeNumbers() {
        Axis axis = Axis.whole(DoubleStream.of(0, 3));
        assertThat(axis.ticks().stream().map(axis::label)).containsExactly("0", "1", "2", "3");
    }

    @Test
    void oneValueAndNoneHaveAnAxisToo() {
        assertThat(Axis.of(DoubleStream.of(2.0)).ticks()).hasSizeGreaterThan(1);
        assertThat(Axis.of(DoubleStream.empty()).ticks()).hasSizeGreaterThan(1);
        assertThat(Axis.whole(DoubleStream.of(7)).share(7)).isZero();
    }
}

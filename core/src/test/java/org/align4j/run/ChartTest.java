package org.align4j.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.align4j.run.Chart.Series;
import org.junit.jupiter.api.Test;

class ChartTest {
    private static List<Metrics.Row> rows(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(step ->
                        new Metrics.Row(step, Map.of(Metrics.LOSS, step % 2 == 0 ? 1.0 : 2.0, Metrics.EVAL_LOSS, 3.0)))
                .toList();
    }

    @Test
    void anEmptyRunSaysSo() {
        assertThat(Report.curve(List.of())).contains("nothing is logged yet").doesNotContain("training");
    }

    @Test
    void aPolicyShowsItsReward() {
        assertThat(Report.curve(List.of(new Metrics.Row(1, Map.of(Metrics.LOSS, 0.0, Metrics.REWARD, 0.5)))))
                .contains("reward, training")
                .doesNotContain("loss");
    }

    @Test
    void aSinglePointIsSeen() {
        assertThat(Chart.lines("one", List.of(Series.of("loss", rows(1), Metrics.LOSS))))
                .containsOnlyOnce("<circle")
                .doesNotContain("nothing is logged");
    }

    @Test
    void manyPointsAreSmoothedOverThePointsThemselves() {
        List<Series> series = List.of(Series.of("loss", rows(100), Metrics.LOSS));
        assertThat(Chart.lines("many", series)).contains("stroke-opacity").doesNotContain("<circle");
        assertThat(series.getFirst().smoothed().points())
                .hasSize(100)
                .allSatisfy(point -> assertThat(point.y()).isCloseTo(1.5, within(0.2)));
    }

    @Test
    void aSpikeDoesNotFlattenTheRest() {
        List<Chart.Point> points = IntStream.range(0, 100)
                .mapToObj(i -> new Chart.Point(i, i == 50 ? 1e6 : i % 3))
                .toList();
        assertThat(Series.up(List.of(new Series("spike", points))).high()).isLessThan(10);
    }
}

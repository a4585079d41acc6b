package org.align4j.train.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.align4j.run.Metrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyWatchTest {
    private static final IterationConfig TWO_UPDATES = new IterationConfig(10, 2, 1, 100);

    private static PolicyWatch begun(Map<String, Double> first) {
        PolicyWatch watch = PolicyWatch.after(List.of(), TWO_UPDATES, true);
        assertThat(watch.look(first, true)).isEmpty();
        return watch;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ratio_step/max           | 1e-5 | 2e-3 | the ratio of the first update",
                "kl                       | 0.1  | -0.1 | the estimated KL is negative",
                "objective/kl             | 0.1  | -0.6 | the estimated KL is negative",
                "samples/kl               | 0.1  | -0.6 | the estimated KL is negative",
                "entropy                  | 3    | 0.2  | the policy's entropy",
                "samples/entropy          | 3    | 0.2  | the policy's entropy",
                "completions/mean_length  | 10   | 31   | answers have become 31.0 tokens long from 10.0",
                "completions/mean_length  | 10   | 3    | answers have become 3.0 tokens long from 10.0",
                "completions/clipped_ratio| 0.4  | 0.6  | more than half of the answers",
            })
    void whatGoesWrongIsToldOnce(String metric, double first, double later, String message) {
        PolicyWatch watch = begun(Map.of(metric, first));
        assertThat(watch.look(Map.of(metric, later), true))
                .singleElement()
                .asString()
                .startsWith(message);
        assertThat(watch.look(Map.of(metric, later), true)).isEmpty();
    }

    @Test
    void ratiosOfLaterUpdatesMayDiffer() {
        assertThat(begun(Map.of()).look(Map.of("ratio_step/max", 0.5), false)).isEmpty();
    }

    @Test
    void onlyGroupsAreAdvisedToBeReplaced() {
        assertThat(afterFive(Map.of("frac_reward_zero_std", 1.0), true))
                .singleElement()
                .asString()
                .startsWith("the rewards that are compared have been equal for 5 iterations")
                .endsWith("a finer reward, or rollout.resample");
        assertThat(afterFive(Map.of("frac_reward_zero_std", 1.0), false))
                .singleElement()
                .asString()
                .doesNotContain("resample");
    }

    @Test
    void stepsAreLearnedFromWhereAnswersAreWorthTheSame() {
        assertThat(afterFive(Map.of("frac_reward_zero_std", 1.0, "process/reward", 0.5), true))
                .isEmpty();
    }

    /// What five iterations are told of that all look like that.
    private static List<String> afterFive(Map<String, Double> metrics, boolean resamples) {
        PolicyWatch watch = PolicyWatch.after(List.of(), TWO_UPDATES, resamples);
        return IntStream.range(0, 5)
                .boxed()
                .flatMap(iteration -> watch.look(metrics, true).stream())
                .toList();
    }

    @Test
    void aResumedRunComparesWithWhereItBegan() {
        List<Metrics.Row> earlier = List.of(
                new Metrics.Row(0, Map.of(Metrics.EVAL_REWARD, 1.0)),
                new Metrics.Row(1, Map.of("entropy", 3.0, "completions/clipped_ratio", 0.9)),
                new Metrics.Row(2, Map.of("entropy", 1.0, "completions/clipped_ratio", 0.9)));
        assertThat(PolicyWatch.after(earlier, TWO_UPDATES, true)
                        .look(Map.of("entropy", 0.2, "completions/clipped_ratio", 0.9), true))
                .singleElement()
                .asString()
                .startsWith("the policy's entropy");
    }
}

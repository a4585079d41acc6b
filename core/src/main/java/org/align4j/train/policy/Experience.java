package org.align4j.train.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.align4j.rl.Rollout;
import org.align4j.rl.StepScores;

/// What an iteration learns from: answers in groups, one after the other, what they are worth, and
/// how probable they were.
///
/// @param tasks numbers of the groups' prompts, `[P]`
/// @param rollouts `[P · G]`
/// @param rewards of each function, `[F][P · G]`; NaN: unknown
/// @param old log-probabilities of the tokens under the policy that drew them, as the learner
///     computes them; empty where the only update computes them itself
/// @param reference under the reference, where there is one
/// @param values of the states before each token under the value model, where there is one
/// @param steps what steps of the answers are worth, with process supervision
/// @param resampled groups that were replaced because nothing could be learned from them
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
record Experience(
        int[] tasks,
        List<Rollout> rollouts,
        double[][] rewards,
        Optional<float[][]> old,
        Optional<float[][]> reference,
        Optional<float[][]> values,
        Optional<StepScores> steps,
        int resampled) {
    Experience {
        rollouts = List.copyOf(rollouts);
    }

    Experience withLogps(Optional<float[][]> oldLogps, Optional<float[][]> referenceLogps) {
        return new Experience(tasks, rollouts, rewards, oldLogps, referenceLogps, values, steps, resampled);
    }

    Experience withValues(float[][] ofStates) {
        return new Experience(tasks, rollouts, rewards, old, reference, Optional.of(ofStates), steps, resampled);
    }

    /// What an iteration says of the first answer to each prompt.
    Experience ofFirsts() {
        int group = group();
        return new Experience(
                tasks,
                IntStream.range(0, tasks.length)
                        .mapToObj(p -> rollouts.get(p * group))
                        .toList(),
                Arrays.stream(rewards)
                        .map(values -> IntStream.range(0, tasks.length)
                                .mapToDouble(p -> values[p * group])
                                .toArray())
                        .toArray(double[][]::new),
                old.map(logps -> firsts(logps, group)),
                reference.map(logps -> firsts(logps, group)),
                values.map(each -> firsts(each, group)),
                Optional.empty(),
                resampled);
    }

    private static float[][] firsts(float[][] all, int group) {
        return IntStream.range(0, all.length / group)
                .mapToObj(p -> all[p * group])
                .toArray(float[][]::new);
    }

    /// Answers to each prompt.
    int group() {
        return rollouts.size() / tasks.length;
    }

    int task(int rollout) {
        return tasks[rollout / group()];
    }
}

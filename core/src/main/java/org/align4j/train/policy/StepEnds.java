package org.align4j.train.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.align4j.rl.Rollout;
import org.align4j.rl.StepScores;
import org.align4j.rl.reward.StepReward.Step;
import org.align4j.tokenizer.Tokenizer;

/// Finds the tokens at which steps of texts end.
final class StepEnds {
    private StepEnds() {}

    /// What steps of answers are worth, and their last tokens. Steps that end within the same token
    /// share it.
    ///
    /// @param steps of each answer
    static StepScores of(Tokenizer tokenizer, List<Rollout> rollouts, List<List<Step>> steps) {
        List<double[]> rewards = new ArrayList<>();
        List<int[]> ends = new ArrayList<>();
        for (int i = 0; i < rollouts.size(); i++) {
            Rollout rollout = rollouts.get(i);
            List<Step> own = steps.get(i);
            rewards.add(own.stream().mapToDouble(Step::reward).toArray());
            ends.add(own.stream()
                    .mapToInt(step -> step.end() >= rollout.text().length()
                            ? rollout.tokens().length - 1
                            : last(tokenizer, rollout.tokens(), step.end()))
                    .toArray());
        }
        return new StepScores(rewards.toArray(double[][]::new), ends.toArray(int[][]::new));
    }

    /// The first token with which the text is as long as `characters`, by bisection.
    private static int last(Tokenizer tokenizer, int[] tokens, int characters) {
        int low = 0;
        int high = tokens.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (tokenizer.decode(Arrays.copyOf(tokens, middle + 1), true).length() >= characters) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}

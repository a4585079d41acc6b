package org.align4j.train.policy;

import java.util.Arrays;
import org.align4j.rl.Advantages;
import org.align4j.rl.GroupAdvantage;
import org.align4j.rl.Rollout;
import org.align4j.rl.StepScores;

/// How much better than its group each token of an iteration is: outcome supervision, the same for
/// all tokens of an answer, and process supervision (sections 4.1.2 and 4.1.3 of Shao et al. 2024).
///
/// @param config of the run
record GrpoAdvantages(GrpoConfig config) {
    /// Â of each drawn token of each answer.
    float[][] of(Experience drawn) {
        double[] outcomes = ofOutcomes(drawn);
        float[][] advantages = new float[outcomes.length][];
        for (int i = 0; i < outcomes.length; i++) {
            advantages[i] = new float[drawn.rollouts().get(i).drawnTokens()];
            Arrays.fill(advantages[i], (float) outcomes[i]);
        }
        drawn.steps().ifPresent(steps -> addSteps(steps, drawn, advantages));
        return advantages;
    }

    private double[] ofOutcomes(Experience drawn) {
        GrpoLossConfig loss = config.loss();
        double[] sums = config.rewarding().mix(config.normaliseRewards()).sum(drawn.rewards());
        if (loss.inReward()) {
            float[][] old = drawn.old().orElseThrow();
            float[][] frozen = drawn.reference().orElseThrow();
            for (int i = 0; i < sums.length; i++) {
                for (int t = 0; t < old[i].length; t++) {
                    sums[i] -= loss.beta() * loss.estimator().of(old[i][t], frozen[i][t]);
                }
            }
        }
        if (loss.imitates()) {
            return GroupAdvantage.ofBest(sums, drawn.group());
        }
        if (loss.leavesOneOut()) {
            return GroupAdvantage.leaveOneOut(sums, drawn.group(), false);
        }
        return config.normaliseRewards()
                ? config.rewarding()
                        .mix(config.normaliseRewards())
                        .advantages(drawn.rewards(), drawn.group(), loss.advantage())
                : loss.advantage().of(sums, drawn.group());
    }

    private void addSteps(StepScores steps, Experience drawn, float[][] advantages) {
        int[] lengths = drawn.rollouts().stream().mapToInt(Rollout::drawnTokens).toArray();
        double[] ofSteps = Advantages.ofSteps(
                steps.rewards(),
                steps.ends(),
                lengths,
                drawn.group(),
                config.loss().advantage());
        int at = 0;
        for (float[] own : advantages) {
            for (int t = 0; t < own.length; t++) {
                own[t] += (float) (config.processWeight() * ofSteps[at++]);
            }
        }
    }
}

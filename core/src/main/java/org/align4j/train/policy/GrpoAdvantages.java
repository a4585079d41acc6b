package org.align4j.train.policy;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.align4j.loss.PolicyObjective.RatioOf;
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
            double[] divergences = divergences(drawn);
            for (int i = 0; i < sums.length; i++) {
                sums[i] -= loss.beta() * divergences[i];
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

    /// How much more probable the learner finds each drawn token of an answer than the sampler did,
    /// up to the cap; the same for all of them, and of the answer, where answers are compared
    /// whole. 1 where that isn't asked for.
    float[] importance(Experience drawn, int answer) {
        float[] weights = new float[drawn.rollouts().get(answer).drawnTokens()];
        Arrays.fill(weights, 1);
        double cap = config.loss().importanceCap();
        if (cap > 0) {
            float[] old = drawn.old().orElseThrow()[answer];
            float[] sampled = drawn.rollouts().get(answer).samplerLogps();
            boolean whole = config.loss().ratio() == RatioOf.OUTPUT;
            double all = IntStream.range(0, old.length)
                    .mapToDouble(t -> old[t] - sampled[t])
                    .sum();
            for (int t = 0; t < weights.length; t++) {
                weights[t] = (float) Math.min(cap, Math.exp(whole ? all : old[t] - sampled[t]));
            }
        }
        return weights;
    }

    /// The mean over tokens of the KL that is taken off the rewards; absent where none is.
    OptionalDouble divergence(Experience drawn) {
        if (!config.loss().inReward()) {
            return OptionalDouble.empty();
        }
        long tokens = drawn.rollouts().stream().mapToLong(Rollout::drawnTokens).sum();
        return OptionalDouble.of(Arrays.stream(divergences(drawn)).sum() / tokens);
    }

    /// The KL to the reference of each answer, as the policy was that drew it.
    private double[] divergences(Experience drawn) {
        float[][] old = drawn.old().orElseThrow();
        float[][] frozen = drawn.reference().orElseThrow();
        double[] sums = new double[old.length];
        for (int i = 0; i < sums.length; i++) {
            for (int t = 0; t < old[i].length; t++) {
                sums[i] += config.loss().estimator().of(old[i][t], frozen[i][t]);
            }
        }
        return sums;
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

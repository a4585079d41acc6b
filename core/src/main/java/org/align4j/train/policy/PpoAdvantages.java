package org.align4j.train.policy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.align4j.rl.Advantages;
import org.align4j.rl.KlController;
import org.align4j.rl.RunningNormaliser;

/// What PPO learns from an iteration: its answers' tokens end to end, without answers whose score
/// is unknown or that are left out.
///
/// @param included numbers of the answers that count
/// @param advantages of each included answer's tokens, by the answer's number
/// @param returns what the value model should have said, likewise
/// @param kl mean over the included answers of Σ log(π/π_ref)
/// @param score mean of their scores as they enter the rewards
/// @param controller β after this iteration
/// @param normaliser of scores after this iteration
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
record PpoAdvantages(
        List<Integer> included,
        float[][] advantages,
        float[][] returns,
        double kl,
        double score,
        KlController controller,
        RunningNormaliser normaliser) {
    /// @param sums the weighted rewards of the answers; NaN: unknown
    /// @param controller β of this iteration
    /// @param before of scores, before this iteration
    static PpoAdvantages of(
            Experience drawn,
            double[] sums,
            PpoLossConfig config,
            boolean maskTruncated,
            KlController controller,
            RunningNormaliser before) {
        // 1. scores: running normalisation, penalty of answers without end, clip
        RunningNormaliser normaliser = config.normaliseScores() ? before.seen(sums) : before;
        double[] scores = config.normaliseScores() ? normaliser.of(sums, false) : sums.clone();
        List<Integer> included = IntStream.range(0, scores.length)
                .filter(i -> !Double.isNaN(scores[i]))
                .filter(i -> !maskTruncated || drawn.rollouts().get(i).ended())
                .boxed()
                .toList();
        double scoreSum = 0;
        for (int i : included) {
            if (!drawn.rollouts().get(i).ended()) {
                scores[i] -= config.missingEosPenalty();
            }
            if (config.scoreClip() > 0) {
                scores[i] = Math.clamp(scores[i], -config.scoreClip(), config.scoreClip());
            }
            scoreSum += scores[i];
        }
        // 2. rewards of tokens: −β KL at each, the score at the last
        float[][] old = drawn.old().orElseThrow();
        int[] lengths = included.stream()
                .mapToInt(i -> drawn.rollouts().get(i).tokens().length)
                .toArray();
        double[] rewards = new double[Arrays.stream(lengths).sum()];
        double[] values = new double[rewards.length];
        double kl = 0;
        int at = 0;
        for (int i : included) {
            for (int t = 0; t < old[i].length; t++, at++) {
                if (drawn.reference().isPresent()) {
                    float frozen = drawn.reference().get()[i][t];
                    rewards[at] = -controller.beta() * config.klEstimator().of(old[i][t], frozen);
                    kl += old[i][t] - frozen;
                }
                values[at] = drawn.values().orElseThrow()[i][t];
            }
            rewards[at - 1] += scores[i];
        }
        if (config.whitenRewards()) {
            rewards = Advantages.whitened(rewards, false);
        }
        // 3. advantages and returns
        Advantages.Estimates estimates =
                Advantages.generalised(rewards, values, lengths, config.gamma(), config.lambda());
        double[] advantages =
                config.whitenAdvantages() ? Advantages.whitened(estimates.advantages(), true) : estimates.advantages();
        double meanKl = kl / Math.max(1, included.size());
        return new PpoAdvantages(
                included,
                byAnswer(advantages, included, lengths, old.length),
                byAnswer(estimates.returns(), included, lengths, old.length),
                meanKl,
                scoreSum / Math.max(1, included.size()),
                controller.after(meanKl, included.size()),
                normaliser);
    }

    private static float[][] byAnswer(double[] tokens, List<Integer> included, int[] lengths, int answers) {
        float[][] result = new float[answers][0];
        int at = 0;
        for (int k = 0; k < lengths.length; k++) {
            float[] own = new float[lengths[k]];
            for (int t = 0; t < own.length; t++) {
                own[t] = (float) tokens[at++];
            }
            result[included.get(k)] = own;
        }
        return result;
    }

    /// The mean advantage of each answer, to be read.
    double[] meanAdvantages() {
        return Arrays.stream(advantages)
                .mapToDouble(own -> {
                    double sum = 0;
                    for (float value : own) {
                        sum += value;
                    }
                    return own.length == 0 ? 0 : sum / own.length;
                })
                .toArray();
    }
}

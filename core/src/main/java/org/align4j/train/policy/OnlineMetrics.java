package org.align4j.train.policy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.align4j.rl.Rollout;

/// What an iteration of pairs is told of, besides what [RolloutMetrics] and the pairs' own say.
final class OnlineMetrics {
    private OnlineMetrics() {}

    /// How far the policy's answers are from the reference, and how sure the policy was of them.
    static Map<String, Double> ofSamples(Experience drawn) {
        double kl = 0;
        double entropy = 0;
        long tokens = 0;
        for (int i = 0; i < drawn.rollouts().size(); i++) {
            Rollout rollout = drawn.rollouts().get(i);
            for (int t = 0; t < rollout.tokens().length; t++) {
                double logp = rollout.samplerLogps()[t];
                entropy -= logp;
                kl += logp;
            }
            for (float logp : reference(drawn, i)) {
                kl -= logp;
            }
            tokens += rollout.tokens().length;
        }
        Map<String, Double> metrics = new LinkedHashMap<>();
        if (drawn.reference().isPresent()) {
            metrics.put("samples/kl", kl / drawn.rollouts().size());
        }
        metrics.put("samples/entropy", entropy / tokens);
        return metrics;
    }

    private static float[] reference(Experience drawn, int answer) {
        return drawn.reference().map(logps -> logps[answer]).orElse(new float[0]);
    }

    /// In how many pairs more each answer was chosen than rejected, in the order of the iteration.
    static double[] places(List<ComparedGroup> groups, Experience drawn) {
        double[] places = new double[drawn.rollouts().size()];
        for (ComparedGroup each : groups) {
            each.group().pairs().forEach(pair -> {
                places[each.rollouts().get(pair.chosen())]++;
                places[each.rollouts().get(pair.rejected())]--;
            });
        }
        return places;
    }
}

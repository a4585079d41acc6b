package org.align4j.train.policy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.align4j.loss.PolicyObjective;

/// What an optimiser step of a policy logs, gathered over its micro batches.
final class PolicyMetrics {
    private double loss;
    private double kl;
    private double low;
    private double high;
    private double approximateKl;
    private double largestRatioStep;
    private double entropy;
    private long count;
    private long tokens;
    private double samplerDifference;
    private double largestSamplerDifference;

    void add(PolicyObjective.Terms terms) {
        loss += terms.loss().detach().item();
        kl += terms.kl();
        low += terms.clippedLow();
        high += terms.clippedHigh();
        approximateKl += terms.approximateKl();
        largestRatioStep = Math.max(largestRatioStep, terms.largestRatioStep());
        count += terms.count();
    }

    /// @param sum of the entropies of `size` tokens
    void addEntropy(double sum, int size) {
        entropy += sum;
        tokens += size;
    }

    /// Compares the learner's log-probabilities with the sampler's.
    void addDifferences(float[] learner, float[] sampler) {
        for (int t = 0; t < learner.length; t++) {
            double difference = Math.abs(learner[t] - sampler[t]);
            samplerDifference += difference;
            largestSamplerDifference = Math.max(largestSamplerDifference, difference);
        }
    }

    double loss() {
        return loss;
    }

    /// How far the tokens have moved from the policy that drew them, in nats a token.
    double approximateKl() {
        return approximateKl / Math.max(1, count);
    }

    /// By their names; none where there were no tokens.
    ///
    /// @param withKl whether there is a KL term
    /// @param withEntropy whether entropies were added
    /// @param fresh whether the weights are those that the answers were drawn with
    Map<String, Double> named(boolean withKl, boolean withEntropy, boolean fresh) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        if (count == 0) {
            return metrics;
        }
        double all = count;
        if (withKl) {
            metrics.put("kl", kl / all);
        }
        if (withEntropy) {
            metrics.put("entropy", entropy / Math.max(1, tokens));
        }
        metrics.put("clip_ratio/low_mean", low / all);
        metrics.put("clip_ratio/high_mean", high / all);
        metrics.put("clip_ratio/region_mean", (low + high) / all);
        metrics.put("approx_kl", approximateKl());
        metrics.put("ratio_step/max", largestRatioStep);
        if (fresh) {
            metrics.put("sampler_difference/mean", samplerDifference / Math.max(1, tokens));
            metrics.put("sampler_difference/max", largestSamplerDifference);
        }
        return metrics;
    }
}

package org.align4j.train.policy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.align4j.run.Metrics;

/// Warns, once for each kind, where the metrics of a policy show that its run goes wrong.
final class PolicyWatch {
    private static final double LARGEST_FIRST_RATIO_STEP = 1e-3;
    private static final double COLLAPSED_ENTROPY = 0.1;
    private static final double LENGTH_DRIFT = 3;
    /// Of whole answers, whose estimate varies; that of tokens has a bound of its own.
    private static final double NEGATIVE_KL = -0.5;

    private static final double MOST_TRUNCATED = 0.5;
    private static final int ITERATIONS_WITHOUT_SIGNAL = 5;

    private final boolean resamples;
    private final Set<String> warned = new HashSet<>();
    private double firstEntropy = Double.NaN;
    private double firstLength = Double.NaN;
    private int withoutSignal;

    private PolicyWatch(boolean resamples) {
        this.resamples = resamples;
    }

    /// @param earlier what a resumed run logged before
    /// @param resamples whether groups without signal can be replaced by others
    static PolicyWatch after(List<Metrics.Row> earlier, IterationConfig iterations, boolean resamples) {
        PolicyWatch seen = new PolicyWatch(resamples);
        earlier.stream()
                .filter(row -> row.step() > 0)
                .forEach(row -> seen.look(row.values(), iterations.update(row.step() - 1) == 0));
        return seen;
    }

    /// Takes another step in.
    ///
    /// @param first whether it was the first update of an iteration
    /// @return what to tell the user
    List<String> look(Map<String, Double> metrics, boolean first) {
        List<String> news = new ArrayList<>();
        double length = metrics.getOrDefault("completions/mean_length", Double.NaN);
        double entropy = metrics.getOrDefault("entropy", metrics.getOrDefault("samples/entropy", Double.NaN));
        firstLength = Double.isNaN(firstLength) ? length : firstLength;
        firstEntropy = Double.isNaN(firstEntropy) ? entropy : firstEntropy;
        if (first) {
            // where whole answers are worth the same, their steps need not be
            boolean nothing =
                    metrics.getOrDefault("frac_reward_zero_std", 0.0) == 1 && !metrics.containsKey("process/reward");
            withoutSignal = nothing ? withoutSignal + 1 : 0;
        }
        once(
                news,
                first && metrics.getOrDefault("ratio_step/max", 0.0) > LARGEST_FIRST_RATIO_STEP,
                "the ratio of the first update differs from 1 by " + metrics.get("ratio_step/max")
                        + ", though nothing was learned yet: log-probabilities depend on how answers are batched; use"
                        + " precision: fp32, or raise max_tokens so that a minibatch is one micro batch; lora.dropout,"
                        + " which they are computed without, does the same");
        once(
                news,
                metrics.getOrDefault("kl", 0.0) < -0.01
                        || metrics.getOrDefault("objective/kl", 0.0) < NEGATIVE_KL
                        || metrics.getOrDefault("samples/kl", 0.0) < NEGATIVE_KL,
                "the estimated KL is negative: too few answers for k1, or the reference is not where the policy began;"
                        + " use k3, or more answers");
        once(
                news,
                entropy < COLLAPSED_ENTROPY * firstEntropy,
                "the policy's entropy is below a tenth of what it was: it hardly explores any more; lower"
                        + " learning_rate, raise loss.epsilon_high or loss.beta");
        once(
                news,
                length > LENGTH_DRIFT * firstLength || length * LENGTH_DRIFT < firstLength,
                "answers have become " + length + " tokens long from " + firstLength
                        + ": look at samples.jsonl whether the reward is being exploited");
        once(
                news,
                metrics.getOrDefault("completions/clipped_ratio", 0.0) > MOST_TRUNCATED,
                "more than half of the answers are cut off at rollout.max_new_tokens: raise it, or teach the model to"
                        + " stop first (sft)");
        once(
                news,
                withoutSignal >= ITERATIONS_WITHOUT_SIGNAL,
                "the rewards that are compared have been equal for " + ITERATIONS_WITHOUT_SIGNAL
                        + " iterations: nothing can be learned; take easier or harder prompts, "
                        + (resamples ? "a finer reward, or rollout.resample" : "or a finer reward"));
        return news;
    }

    private void once(List<String> news, boolean wrong, String message) {
        String kind = message.substring(0, 12);
        if (wrong && warned.add(kind)) {
            news.add(message);
        }
    }
}

package org.align4j.loss;

import java.util.Arrays;
import org.align4j.error.Require;
import org.align4j.tensor.DType;
import org.align4j.tensor.Tensor;

/// The loss of a policy: [PolicyLoss] of each token or output, a KL term and an entropy bonus,
/// aggregated.
///
/// @param loss of a token or output
/// @param ratio what probabilities are compared of
/// @param aggregation what each token weighs
/// @param beta weight of the KL term in the loss; 0: no reference is needed
/// @param klEstimator of that term
/// @param klWeightedByRatio multiplies the KL term by ρ, so that it estimates the present policy's
///     KL and its gradient
/// @param entropyBonus weight of the mean entropy of the window's tokens, which is taken off the
///     loss; needs entropies where it isn't 0
/// @param topEntropyShare only this share of the tokens with the highest entropy learns (Wang et
///     al. 2025); 1 for all. The KL term is of all tokens
/// @param offPolicyThreshold outputs of negative advantage whose mean log(π_old/π) is above it are
///     left out (DeepSeek-V3.2); 0 for none
public record PolicyObjective(
        PolicyLoss loss,
        RatioOf ratio,
        Aggregation aggregation,
        double beta,
        KlEstimator klEstimator,
        boolean klWeightedByRatio,
        double entropyBonus,
        double topEntropyShare,
        double offPolicyThreshold) {
    /// What ρ is the ratio of.
    public enum RatioOf {
        /// Each token.
        TOKEN,
        /// The geometric mean over an output's tokens, the same for all of them: GSPO (Zheng et al.
        /// 2025). The KL term stays of tokens.
        OUTPUT_MEAN,
        /// Whole outputs, which then count as one token each, in the KL term too: GRPO's equations
        /// 1–3 as the lecture prints them, and RLOO.
        OUTPUT
    }

    public PolicyObjective {
        Require.atLeast("beta", beta, 0);
        Require.that(
                topEntropyShare > 0 && topEntropyShare <= 1,
                "the share of tokens with high entropy must be in (0, 1], got " + topEntropyShare);
        Require.that(offPolicyThreshold >= 0, "the off-policy threshold must be ≥ 0, got " + offPolicyThreshold);
    }

    /// Without KL term, bonus and filters.
    public static PolicyObjective of(PolicyLoss loss, RatioOf ratio, Aggregation aggregation) {
        return new PolicyObjective(loss, ratio, aggregation, 0, KlEstimator.K3, false, 0, 1, 0);
    }

    public PolicyObjective withKl(double weight, KlEstimator estimator, boolean weightedByRatio) {
        return new PolicyObjective(
                loss,
                ratio,
                aggregation,
                weight,
                estimator,
                weightedByRatio,
                entropyBonus,
                topEntropyShare,
                offPolicyThreshold);
    }

    public PolicyObjective withEntropyBonus(double weight) {
        return new PolicyObjective(
                loss,
                ratio,
                aggregation,
                beta,
                klEstimator,
                klWeightedByRatio,
                weight,
                topEntropyShare,
                offPolicyThreshold);
    }

    public PolicyObjective withFilters(double topEntropy, double offPolicy) {
        return new PolicyObjective(
                loss, ratio, aggregation, beta, klEstimator, klWeightedByRatio, entropyBonus, topEntropy, offPolicy);
    }

    /// Whether the loss needs the reference's log-probabilities.
    public boolean needsReference() {
        return beta > 0;
    }

    /// Whether the loss needs entropies.
    public boolean needsEntropy() {
        return entropyBonus != 0 || topEntropyShare < 1;
    }

    /// The parts of a micro batch's loss. Everything but `loss` is a sum over the micro batch's
    /// tokens (outputs, where they count as one token), for means over windows.
    ///
    /// @param loss this micro batch's share of the window's loss, a scalar; the shares add up
    /// @param policyLoss of it, without KL term and bonus
    /// @param kl Σ of the estimate, without weight; 0 without a reference
    /// @param clippedLow how many have ρ below the clip and a negative advantage
    /// @param clippedHigh how many have ρ above the clip and a positive advantage
    /// @param approximateKl Σ (log π − log π_old)² / 2
    /// @param largestRatioStep the largest |ρ − 1|
    /// @param count what the sums are of
    public record Terms(
            Tensor loss,
            double policyLoss,
            double kl,
            double clippedLow,
            double clippedHigh,
            double approximateKl,
            double largestRatioStep,
            long count) {}

    /// The loss of a micro batch.
    ///
    /// @param sampled with reference and entropy if they are needed
    /// @param window of which this micro batch is a part
    public Terms of(PolicyTokens sampled, Aggregation.Window window) {
        PolicyTokens tokens = ratio == RatioOf.OUTPUT ? sampled.wholeOutputs() : sampled;
        Tensor logRatio = tokens.logps().sub(tokens.old());
        if (ratio == RatioOf.OUTPUT_MEAN) {
            logRatio = tokens.spread(tokens.means(logRatio));
        }
        Tensor ratios = logRatio.exp();
        Tensor weights =
                Tensor.of(aggregation.weights(tokens.lengths(), window)).to(ratios.device());
        // 1. the surrogate
        Tensor each = loss.of(ratios, tokens);
        if (topEntropyShare < 1) {
            each = each.mul(highEntropy(tokens));
        }
        if (offPolicyThreshold > 0) {
            each = each.mul(nearEnough(tokens));
        }
        Tensor total = each.mul(weights).sum();
        double policyLoss = total.item();
        // 2. the KL term
        double kl = 0;
        if (beta > 0) {
            Tensor divergence =
                    klEstimator.of(tokens.logps(), tokens.reference().orElseThrow());
            kl = divergence.detach().sum().item();
            Tensor term = klWeightedByRatio ? divergence.mul(ratios) : divergence;
            total = total.add(term.mul(weights).sum().mul(beta));
        }
        // 3. the entropy bonus
        if (entropyBonus != 0) {
            total = total.sub(sampled.entropy().orElseThrow().sum().mul(entropyBonus / window.tokens()));
        }
        return terms(total, policyLoss, kl, tokens, ratios.detach());
    }

    private Terms terms(Tensor total, double policyLoss, double kl, PolicyTokens tokens, Tensor ratios) {
        double low = 0;
        double high = 0;
        if (loss instanceof PolicyLoss.Clipped clip) {
            Tensor zero = Tensor.zeros(DType.FLOAT32, ratios.device(), 1);
            low = count(ratios.lt(1 - clip.low()).logicalAnd(tokens.advantages().lt(zero)));
            high = count(ratios.neg()
                    .lt(-1 - clip.high())
                    .logicalAnd(tokens.advantages().gt(zero)));
        }
        Tensor change = tokens.logps().detach().sub(tokens.old());
        long size = ratios.size(0);
        return new Terms(
                total,
                policyLoss,
                kl,
                low,
                high,
                change.square().sum().mul(0.5).item(),
                size == 0 ? 0 : ratios.add(-1).abs().amax(0, false).item(),
                size);
    }

    private static double count(Tensor mask) {
        return mask.to(DType.FLOAT32).sum().item();
    }

    /// 1 for the tokens whose entropy is at or above the quantile, interpolated as in torch.
    private Tensor highEntropy(PolicyTokens tokens) {
        Tensor entropy = tokens.entropy().orElseThrow().detach();
        float[] sorted = entropy.toFloats();
        Arrays.sort(sorted);
        double place = (1 - topEntropyShare) * (sorted.length - 1);
        int below = (int) Math.floor(place);
        int above = Math.min(below + 1, sorted.length - 1);
        double quantile = sorted.length == 0 ? 0 : sorted[below] + (place - below) * (sorted[above] - sorted[below]);
        return entropy.lt((double) (float) quantile).logicalNot().to(DType.FLOAT32);
    }

    /// 0 for the tokens of outputs that are bad and have become improbable.
    private Tensor nearEnough(PolicyTokens tokens) {
        Tensor drift =
                tokens.spread(tokens.means(tokens.old().sub(tokens.logps().detach())));
        Tensor bad = tokens.advantages().lt(Tensor.zeros(DType.FLOAT32, drift.device(), 1));
        Tensor far = drift.neg().lt(-offPolicyThreshold);
        return bad.logicalAnd(far).logicalNot().to(DType.FLOAT32);
    }
}

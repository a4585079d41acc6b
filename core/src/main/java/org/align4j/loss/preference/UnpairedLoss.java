package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// A loss of single completions that are each desirable or not. h = log π/π_ref of a whole completion, s = +1 for a
/// desirable one and −1 for another.
public sealed interface UnpairedLoss {
    /// How strongly the policy is held near the reference.
    double beta();

    /// The loss of each completion, `[B]`, before its class is weighed; what is minimised is the mean.
    ///
    /// @param signs s, float32 `[B]`
    Tensor of(Completions completions, Tensor signs);

    /// βh, `[B]`.
    default Tensor rewards(Completions completions) {
        return completions.ratios().mul(beta());
    }

    /// Kahneman–Tversky optimisation: 1 − σ(s(βh − βz₀)), eq. 8 of Ethayarajh et al. 2024. The reference point z₀ is an
    /// estimate of KL(π ‖ π_ref), see [#baseline]; gradients don't flow into it.
    ///
    /// @param beta β
    /// @param kl z₀
    record Kto(double beta, double kl) implements UnpairedLoss {
        public Kto {
            Bounds.positive("beta", beta);
        }

        @Override
        public Tensor of(Completions completions, Tensor signs) {
            return completions.ratios().add(-kl).mul(-beta).mul(signs).sigmoid();
        }

        /// z₀ = max(0, mean h) of answers that belong to other prompts, `[B]`: a batch's answers shifted by one.
        public static double baseline(Completions mismatched) {
            return Math.max(0, mismatched.ratios().mean().item());
        }
    }

    /// APO-zero for single completions, 1 − σ(sβh): [Kto] with the reference point at 0.
    ///
    /// @param beta β
    record ApoZero(double beta) implements UnpairedLoss {
        public ApoZero {
            Bounds.positive("beta", beta);
        }

        @Override
        public Tensor of(Completions completions, Tensor signs) {
            return new Kto(beta, 0).of(completions, signs);
        }
    }

    /// Binary classifier optimisation: −log σ(s(βh − δ)), Jung et al. 2024, where δ is β times the mean of h over all
    /// completions so far ([RunningMean]).
    ///
    /// @param beta β
    /// @param meanRatio δ/β
    record Bco(double beta, double meanRatio) implements UnpairedLoss {
        public Bco {
            Bounds.positive("beta", beta);
        }

        @Override
        public Tensor of(Completions completions, Tensor signs) {
            return Logistic.of(completions.ratios().add(-meanRatio).mul(beta).mul(signs));
        }
    }
}

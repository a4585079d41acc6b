package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// A loss of single completions that are each desirable or not. h = log π/π_ref of a whole
/// completion, s = +1 for a desirable one and −1 for another.
public sealed interface UnpairedLoss {
    /// How strongly the policy is held near the reference.
    double beta();

    /// The loss of each completion, `[B]`, before its class is weighed; what is minimised is the
    /// mean.
    ///
    /// @param signs s, float32 `[B]`
    /// @param origin the h that counts as neither good nor bad, as each loss says
    Tensor of(Completions completions, Tensor signs, double origin);

    /// βh, `[B]`.
    default Tensor rewards(Completions completions) {
        return completions.ratios().mul(beta());
    }

    /// Kahneman–Tversky optimisation: 1 − σ(sβ(h − z₀)), eq. 7 of Ethayarajh et al. 2024. The
    /// origin z₀ is an estimate of KL(π ‖ π_ref), see [#baseline]; gradients don't flow into it.
    ///
    /// @param beta β
    record Kto(double beta) implements UnpairedLoss {
        public Kto {
            Bounds.positive("beta", beta);
        }

        static Kto defaults() {
            return new Kto(0.1);
        }

        @Override
        public Tensor of(Completions completions, Tensor signs, double origin) {
            return completions.ratios().add(-origin).mul(-beta).mul(signs).sigmoid();
        }

        /// z₀ = max(0, mean h) of answers that belong to other prompts, `[B]`.
        public static double baseline(Completions mismatched) {
            return Math.max(0, mismatched.ratios().mean().item());
        }
    }

    /// APO-zero for single completions, 1 − σ(sβh): [Kto] whose origin is always 0.
    ///
    /// @param beta β
    record ApoZero(double beta) implements UnpairedLoss {
        public ApoZero {
            Bounds.positive("beta", beta);
        }

        static ApoZero defaults() {
            return new ApoZero(0.1);
        }

        @Override
        public Tensor of(Completions completions, Tensor signs, double origin) {
            return new Kto(beta).of(completions, signs, 0);
        }
    }

    /// Binary classifier optimisation: −log σ(sβ(h − δ)), Jung et al. 2024. The origin δ is the
    /// mean of h over all completions so far ([RunningMean]).
    ///
    /// @param beta β
    record Bco(double beta) implements UnpairedLoss {
        public Bco {
            Bounds.positive("beta", beta);
        }

        static Bco defaults() {
            return new Bco(0.1);
        }

        @Override
        public Tensor of(Completions completions, Tensor signs, double origin) {
            return Logistic.of(completions.ratios().add(-origin).mul(beta).mul(signs));
        }
    }
}

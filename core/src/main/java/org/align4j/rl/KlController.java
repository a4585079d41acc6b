package org.align4j.rl;

/// The weight β of the KL penalty as a run goes on. Immutable: a checkpoint stores its β.
public sealed interface KlController {
    /// The weight now.
    double beta();

    /// The controller after a batch.
    ///
    /// @param kl mean KL of an output to the reference, in nats
    /// @param outputs in the batch
    KlController after(double kl, long outputs);

    /// Always the same β.
    record Fixed(double beta) implements KlController {
        public Fixed {
            checkBeta(beta);
        }

        @Override
        public Fixed after(double kl, long outputs) {
            return this;
        }
    }

    /// Steers the KL to a target in proportion to its relative error, clipped to ±0.2, section 2.2
    /// of Ziegler et al. 2019: β ← β (1 + e · outputs / horizon).
    ///
    /// @param target KL of an output, in nats
    /// @param horizon outputs over which β would change by a factor of about e at full error 1
    record Adaptive(double beta, double target, double horizon) implements KlController {
        private static final double LARGEST_ERROR = 0.2;

        public Adaptive {
            checkBeta(beta);
            if (!(target > 0 && horizon > 0)) {
                throw new IllegalArgumentException(
                        "the KL target and horizon must be > 0, got " + target + " and " + horizon);
            }
        }

        @Override
        public Adaptive after(double kl, long outputs) {
            double error = Math.clamp(kl / target - 1, -LARGEST_ERROR, LARGEST_ERROR);
            return new Adaptive(beta * (1 + error * outputs / horizon), target, horizon);
        }
    }

    private static void checkBeta(double beta) {
        if (!(beta >= 0 && beta < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("beta must be ≥ 0, got " + beta);
        }
    }
}

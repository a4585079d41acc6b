package org.align4j.optim;

import java.util.List;

/// The global norm of gradients, and clipping by it as in `torch.nn.utils.clip_grad_norm_`.
public final class Gradients {
    /// Torch's guard against a norm of 0.
    private static final double EPSILON = 1e-6;

    private Gradients() {}

    /// The 2-norm of all gradients together. NaN or infinite if a gradient is: then make no step.
    public static double norm(List<ParameterGroup> groups) {
        double[] sum = {0};
        for (ParameterGroup group : groups) {
            // Chunks are added up in double: a float32 sum over a whole model is short of digits.
            Chunks.each(group.gradient().numel(), Chunks.VALUES, (from, length) -> {
                double norm = group.gradient().narrow(0, from, length).norm2().item();
                sum[0] += norm * norm;
            });
        }
        return Math.sqrt(sum[0]);
    }

    /// What gradients of that norm are multiplied by so that their norm is at most `maxNorm`; for
    /// [Optimizer#step], which needs no pass of its own for it.
    ///
    /// @throws IllegalArgumentException for a norm that is not finite, and a `maxNorm` that is not
    ///     positive
    public static double clipFactor(double norm, double maxNorm) {
        if (!Double.isFinite(norm) || !(maxNorm > 0)) {
            throw new IllegalArgumentException("cannot clip gradients of norm " + norm + " to " + maxNorm);
        }
        return Math.min(1, maxNorm / (norm + EPSILON));
    }

    /// Multiplies all gradients in place.
    public static void scale(List<ParameterGroup> groups, double factor) {
        if (factor == 1) {
            return;
        }
        for (ParameterGroup group : groups) {
            group.gradient().mul_(factor);
        }
    }
}

package org.align4j.tensor;

import java.util.Optional;
import org.bytedeco.pytorch.IValue;

/// Optimiser steps that libtorch makes in one pass over flat buffers. All buffers of a step are
/// float32 `[n]` on one device, and none requires gradients.
public final class FusedSteps {
    private static final Operators ADAM = new Operators("aten::_fused_adam_", "");
    private static final Operators ADAMW = new Operators("aten::_fused_adamw_", "");
    private static final Operators SGD = new Operators("aten::_fused_sgd_", "");

    private FusedSteps() {}

    /// A step of Adam (Kingma & Ba 2015) or AdamW (Loshchilov & Hutter 2019).
    ///
    /// @param decoupled whether the weight decay shrinks the parameters (AdamW) or is added to
    ///     their gradients (Adam)
    /// @param gradientScale factor on the gradients; they are overwritten by their scaled values
    ///     unless it is 1
    public record Adam(
            boolean decoupled,
            double learningRate,
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay,
            double gradientScale) {
        /// Changes `parameter` and the moments in place.
        ///
        /// @param step number of this step, 1 for the first
        /// @param largest running maximum of `square` (AMSGrad), if wanted
        public void apply(
                long step, Tensor parameter, Tensor gradient, Tensor mean, Tensor square, Optional<Tensor> largest) {
            Tensor count = Tensor.full((double) step, DType.FLOAT32, parameter.device());
            try {
                (decoupled ? ADAMW : ADAM)
                        .run(
                                Operators.list(parameter.handle),
                                Operators.list(gradient.handle),
                                Operators.list(mean.handle),
                                Operators.list(square.handle),
                                largest.map(tensor -> Operators.list(tensor.handle))
                                        .orElseGet(Operators::list),
                                Operators.list(count.handle),
                                new IValue(learningRate),
                                new IValue(beta1),
                                new IValue(beta2),
                                new IValue(weightDecay),
                                new IValue(epsilon),
                                new IValue(largest.isPresent()),
                                new IValue(false),
                                divisor(gradientScale, parameter),
                                new IValue());
            } catch (RuntimeException e) {
                throw Failures.of("fused_adam_", e, parameter, gradient, mean, square);
            }
        }
    }

    /// A step of stochastic gradient descent.
    ///
    /// @param weightDecay added to the gradients, times the parameters
    /// @param gradientScale factor on the gradients; they are overwritten by their scaled values
    ///     unless it is 1
    public record Sgd(
            double learningRate,
            double momentum,
            double dampening,
            boolean nesterov,
            double weightDecay,
            double gradientScale) {
        /// Changes `parameter` and `velocity` in place.
        ///
        /// @param step number of this step, 1 for the first: it sets the velocity undamped
        /// @param velocity the running sum of gradients; absent without momentum
        public void apply(long step, Tensor parameter, Tensor gradient, Optional<Tensor> velocity) {
            try {
                SGD.run(
                        Operators.list(parameter.handle),
                        Operators.list(gradient.handle),
                        velocity.map(tensor -> Operators.list(tensor.handle)).orElseGet(Operators::list),
                        new IValue(weightDecay),
                        new IValue(momentum),
                        new IValue(learningRate),
                        new IValue(dampening),
                        new IValue(nesterov),
                        new IValue(false),
                        new IValue(step == 1),
                        divisor(gradientScale, parameter),
                        new IValue());
            } catch (RuntimeException e) {
                throw Failures.of("fused_sgd_", e, parameter, gradient);
            }
        }
    }

    /// What libtorch divides gradients by; nothing for a scale of 1.
    private static IValue divisor(double gradientScale, Tensor like) {
        return gradientScale == 1
                ? new IValue()
                : new IValue(Tensor.full(1 / gradientScale, DType.FLOAT32, like.device()).handle);
    }
}

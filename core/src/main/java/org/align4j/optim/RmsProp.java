package org.align4j.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.align4j.tensor.Tensor;

/// RMSprop (Tieleman & Hinton 2012) as in torch: the weight decay is added to the gradient, and
/// epsilon to the root.
final class RmsProp implements UpdateRule {
    private final OptimizerConfig.RmsProp settings;
    private final List<Moments> moments = new ArrayList<>();

    /// All `[n]`, as the group.
    ///
    /// @param mean mean gradient; absent unless centred
    /// @param velocity absent without momentum
    private record Moments(ParameterGroup group, Tensor square, Optional<Tensor> mean, Optional<Tensor> velocity) {}

    RmsProp(OptimizerConfig.RmsProp settings, List<ParameterGroup> groups, Memory memory) {
        this.settings = settings;
        for (ParameterGroup group : groups) {
            moments.add(new Moments(
                    group,
                    memory.zeros(group, "square_avg"),
                    settings.centered() ? Optional.of(memory.zeros(group, "grad_avg")) : Optional.empty(),
                    settings.momentum() > 0 ? Optional.of(memory.zeros(group, "momentum_buffer")) : Optional.empty()));
        }
    }

    @Override
    public void step(long step, double learningRate, double gradientScale) {
        for (Moments of : moments) {
            Chunks.each(
                    of.group.master().numel(),
                    Chunks.VALUES,
                    (from, length) -> stepChunk(of, from, length, learningRate, gradientScale));
        }
    }

    private void stepChunk(Moments of, long from, long length, double learningRate, double gradientScale) {
        Tensor parameter = of.group.master().narrow(0, from, length);
        Tensor gradient = of.group.gradient(from, length, gradientScale);
        if (of.group.weightDecay() > 0) {
            gradient = parameter.mul(of.group.weightDecay()).add_(gradient);
        }
        double fresh = 1 - settings.alpha();
        Tensor square = of.square.narrow(0, from, length);
        square.mul_(settings.alpha()).addScaled_(gradient.square(), fresh);
        Tensor root = square.copy();
        if (of.mean.isPresent()) {
            Tensor mean = of.mean.get().narrow(0, from, length);
            mean.mul_(settings.alpha()).addScaled_(gradient, fresh);
            root.addScaled_(mean.square(), -1);
        }
        Tensor update = gradient.div(root.sqrt_().add_(settings.epsilon()));
        if (of.velocity.isPresent()) {
            Tensor velocity = of.velocity.get().narrow(0, from, length);
            update = velocity.mul_(settings.momentum()).add_(update);
        }
        parameter.addScaled_(update, -learningRate);
    }
}

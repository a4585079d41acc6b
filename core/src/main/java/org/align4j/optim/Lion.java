package org.align4j.optim;

import java.util.ArrayList;
import java.util.List;
import org.align4j.tensor.Tensor;

/// Lion (Chen et al. 2023, algorithm 2): steps along the sign of a mean of gradients.
final class Lion implements UpdateRule {
    private final OptimizerConfig.Lion settings;
    private final List<Moment> moments = new ArrayList<>();

    /// @param mean `[n]`, as the group
    private record Moment(ParameterGroup group, Tensor mean) {}

    Lion(OptimizerConfig.Lion settings, List<ParameterGroup> groups, Memory memory) {
        this.settings = settings;
        for (ParameterGroup group : groups) {
            moments.add(new Moment(group, memory.zeros(group, "exp_avg")));
        }
    }

    @Override
    public void step(long step, double learningRate, double gradientScale) {
        for (Moment of : moments) {
            Chunks.each(of.group.master().numel(), Chunks.VALUES, (from, length) -> {
                Tensor parameter = of.group.master().narrow(0, from, length);
                Tensor gradient = of.group.gradient(from, length, gradientScale);
                Tensor mean = of.mean.narrow(0, from, length);
                Tensor direction = mean.mul(settings.beta1())
                        .addScaled_(gradient, 1 - settings.beta1())
                        .sign_();
                parameter.mul_(1 - learningRate * of.group.weightDecay()).addScaled_(direction, -learningRate);
                mean.mul_(settings.beta2()).addScaled_(gradient, 1 - settings.beta2());
            });
        }
    }
}

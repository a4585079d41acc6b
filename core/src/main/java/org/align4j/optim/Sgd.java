package org.align4j.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.align4j.tensor.DType;
import org.align4j.tensor.FusedSteps;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;

/// Stochastic gradient descent as in torch: one native call for a group with float32 gradients.
final class Sgd implements UpdateRule {
    private final OptimizerConfig.Sgd settings;
    private final List<Velocity> velocities = new ArrayList<>();

    /// @param velocity `[n]`, as the group; absent without momentum
    private record Velocity(ParameterGroup group, Optional<Tensor> velocity) {}

    Sgd(OptimizerConfig.Sgd settings, List<ParameterGroup> groups, Memory memory) {
        this.settings = settings;
        for (ParameterGroup group : groups) {
            velocities.add(new Velocity(
                    group,
                    settings.momentum() > 0 ? Optional.of(memory.zeros(group, "momentum_buffer")) : Optional.empty()));
        }
    }

    @Override
    public void step(long step, double learningRate, double gradientScale) {
        for (Velocity of : velocities) {
            ParameterGroup group = of.group;
            FusedSteps.Sgd fused = new FusedSteps.Sgd(
                    learningRate,
                    settings.momentum(),
                    settings.dampening(),
                    settings.nesterov(),
                    group.weightDecay(),
                    gradientScale);
            if (group.gradient().dtype() == DType.FLOAT32) {
                try (Scope scope = Scope.open()) {
                    fused.apply(step, group.master(), group.gradient(), of.velocity);
                }
            } else {
                Chunks.each(
                        group.master().numel(),
                        Chunks.VALUES,
                        (from, length) -> fused.apply(
                                step,
                                group.master().narrow(0, from, length),
                                group.gradient(from, length, 1),
                                of.velocity.map(tensor -> tensor.narrow(0, from, length))));
            }
        }
    }
}

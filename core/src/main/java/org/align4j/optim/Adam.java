package org.align4j.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.align4j.tensor.DType;
import org.align4j.tensor.FusedSteps;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;

/// AdamW and Adam: one native call for a group with float32 gradients; others are converted a
/// chunk at a time.
final class Adam implements UpdateRule {
    private final boolean decoupled;
    private final OptimizerConfig.AdamSettings settings;
    private final List<Moments> moments = new ArrayList<>();

    /// All `[n]`, as the group.
    private record Moments(ParameterGroup group, Tensor mean, Tensor square, Optional<Tensor> largest) {}

    Adam(boolean decoupled, OptimizerConfig.AdamSettings settings, List<ParameterGroup> groups, Memory memory) {
        this.decoupled = decoupled;
        this.settings = settings;
        for (ParameterGroup group : groups) {
            moments.add(new Moments(
                    group,
                    memory.zeros(group, "exp_avg"),
                    memory.zeros(group, "exp_avg_sq"),
                    settings.amsgrad() ? Optional.of(memory.zeros(group, "max_exp_avg_sq")) : Optional.empty()));
        }
    }

    @Override
    public void step(long step, double learningRate, double gradientScale) {
        for (Moments of : moments) {
            ParameterGroup group = of.group;
            FusedSteps.Adam fused = new FusedSteps.Adam(
                    decoupled,
                    learningRate,
                    settings.beta1(),
                    settings.beta2(),
                    settings.epsilon(),
                    group.weightDecay(),
                    gradientScale);
            if (group.gradient().dtype() == DType.FLOAT32) {
                try (Scope scope = Scope.open()) {
                    fused.apply(step, group.master(), group.gradient(), of.mean, of.square, of.largest);
                }
            } else {
                Chunks.each(
                        group.master().numel(),
                        Chunks.VALUES,
                        (from, length) -> fused.apply(
                                step,
                                group.master().narrow(0, from, length),
                                group.gradient(from, length, 1),
                                of.mean.narrow(0, from, length),
                                of.square.narrow(0, from, length),
                                of.largest.map(tensor -> tensor.narrow(0, from, length))));
            }
        }
    }
}

package org.align4j.optim;

import java.util.List;

/// Changes parameters in place along their gradients. Made by [OptimizerConfig#over]; holds its
/// moments until closed. Opens scopes of its own; one thread.
public final class Optimizer implements AutoCloseable {
    private final List<ParameterGroup> groups;
    private final Memory memory = new Memory();
    private final UpdateRule rule;

    Optimizer(OptimizerConfig config, List<ParameterGroup> groups) {
        this.groups = List.copyOf(groups);
        boolean made = false;
        try {
            rule = switch (config) {
                case OptimizerConfig.AdamW adamW -> new Adam(true, adamW.settings(), groups, memory);
                case OptimizerConfig.Adam adam -> new Adam(false, adam.settings(), groups, memory);
                case OptimizerConfig.Sgd sgd -> new Sgd(sgd, groups, memory);
                case OptimizerConfig.RmsProp rmsProp -> new RmsProp(rmsProp, groups, memory);
                case OptimizerConfig.Adafactor adafactor -> new Adafactor(adafactor, groups, memory);
                case OptimizerConfig.Lion lion -> new Lion(lion, groups, memory);
            };
            made = true;
        } finally {
            if (!made) {
                memory.close();
            }
        }
    }

    /// Makes one step.
    ///
    /// @param learningRate of this step
    /// @param gradientScale factor on every gradient, e.g. of [Gradients#clipFactor]; what the
    ///     gradient buffers hold afterwards is unspecified
    public void step(double learningRate, double gradientScale) {
        rule.step(memory.advance(), learningRate, gradientScale);
    }

    /// What it remembers, for a checkpoint.
    public OptimizerState state() {
        return memory.state();
    }

    /// Goes on from a saved state.
    ///
    /// @throws org.align4j.error.AlignException.Checkpoint if it belongs to another optimiser or
    ///     other parameters; nothing is changed then
    public void load(OptimizerState state) {
        memory.load(state);
    }

    /// The groups it works on.
    public List<ParameterGroup> groups() {
        return groups;
    }

    @Override
    public void close() {
        memory.close();
    }
}

package org.align4j.optim;

import java.util.List;

/// Changes parameters in place along their gradients. Made by [OptimizerConfig#over]; holds its
/// moments until closed. Opens scopes of its own; one thread.
public sealed interface Optimizer extends AutoCloseable permits Adam, Sgd, RmsProp, Lion, Adafactor {
    /// Makes one step.
    ///
    /// @param learningRate of this step
    /// @param gradientScale factor on every gradient, e.g. of [Gradients#clipFactor]; what the
    ///     gradient buffers hold afterwards is unspecified
    void step(double learningRate, double gradientScale);

    /// What it remembers, for a checkpoint.
    OptimizerState state();

    /// Goes on from a saved state.
    ///
    /// @throws org.align4j.error.AlignException.Checkpoint if it belongs to another optimiser or
    ///     other parameters; nothing is changed then
    void load(OptimizerState state);

    /// The groups it works on.
    List<ParameterGroup> groups();

    @Override
    void close();
}

package org.align4j.optim;

/// How an [Optimizer]'s parameters change. Its moments are zeros of the optimiser's [Memory].
sealed interface UpdateRule permits Adam, Sgd, RmsProp, Lion, Adafactor {
    /// @param step number of this step, 1 for the first
    /// @param learningRate of this step
    /// @param gradientScale factor on every gradient
    void step(long step, double learningRate, double gradientScale);
}

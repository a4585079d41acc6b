package org.align4j.rl.reward;

import java.util.List;

/// Says what answers are worth. Write your own, with a constructor without parameters, and name it
/// as `type: java`.
@FunctionalInterface
public interface RewardFunction extends AutoCloseable {
    /// The rewards of `attempts`, in their order, one each. NaN says nothing about an answer; what
    /// then happens, and what happens when this throws, the configuration says. Called on the
    /// thread that trains.
    double[] of(List<Attempt> attempts);

    /// Frees what it holds.
    @Override
    default void close() {}
}

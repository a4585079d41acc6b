package org.align4j.rl.reward;

import java.util.List;

/// Says what the steps of answers are worth: process supervision. Write your own, with a
/// constructor without parameters, and name it as `type: java` of a process.
@FunctionalInterface
public interface StepReward extends AutoCloseable {
    /// A step of an answer.
    ///
    /// @param end characters of the answer up to the step's end
    /// @param reward of the step
    record Step(int end, double reward) {}

    /// The steps of `attempts`, in their order; the ends of an answer's steps rise. An answer
    /// without steps has an empty list. Called on the thread that trains.
    List<List<Step>> of(List<Attempt> attempts);

    /// Frees what it holds.
    @Override
    default void close() {}
}

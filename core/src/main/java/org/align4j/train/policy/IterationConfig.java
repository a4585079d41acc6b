package org.align4j.train.policy;

import org.align4j.error.Require;

/// How a run alternates between drawing answers and learning from them.
///
/// @param iterations rounds of drawing and learning
/// @param epochs passes over the answers of an iteration
/// @param minibatches optimiser steps of a pass
/// @param maxTokens tokens of a micro batch
public record IterationConfig(int iterations, int epochs, int minibatches, int maxTokens) {
    public IterationConfig {
        Require.atLeast("iterations", iterations, 1);
        Require.atLeast("epochs", epochs, 1);
        Require.atLeast("minibatches", minibatches, 1);
        Require.atLeast("max_tokens", maxTokens, 1);
    }

    /// A hundred iterations of one step a pass.
    static IterationConfig of(int epochs) {
        return new IterationConfig(100, epochs, 1, 4096);
    }

    /// Optimiser steps of an iteration.
    int updates() {
        return epochs * minibatches;
    }

    /// The iteration, from 0, of the optimiser step that follows `steps` done ones.
    long iteration(long steps) {
        return steps / updates();
    }

    /// Which update of its iteration that step is, from 0.
    int update(long steps) {
        return (int) (steps % updates());
    }

    /// Optimiser steps of the run.
    long totalSteps() {
        return (long) iterations * updates();
    }

    /// @param units of an iteration that are shared out
    /// @param name of them
    /// @throws IllegalArgumentException where minibatches would have different sizes
    void checkDivides(int units, String name) {
        if (units % minibatches != 0) {
            throw new IllegalArgumentException(
                    "minibatches: " + minibatches + " don't divide the " + units + " " + name);
        }
    }
}

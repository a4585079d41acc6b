package org.align4j.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.align4j.checkpoint.TrainingState;

/// How far a run has come: what it counts, and what a checkpoint must remember of that.
///
/// @param step optimiser steps done
/// @param tokens processed in them
/// @param evaluatedStep where the last evaluation was; -1 before the first
/// @param bestStep where the best evaluation was; -1 before the first. The untrained model's doesn't count: there is
///     no checkpoint of it
/// @param bestLoss what it found
/// @param worse evaluations since then
record Progress(long step, long tokens, long evaluatedStep, long bestStep, double bestLoss, int worse) {
    static final Progress START = new Progress(0, 0, -1, -1, Double.POSITIVE_INFINITY, 0);

    /// One more step is done.
    Progress stepped(long newTokens) {
        return new Progress(step + 1, tokens + newTokens, evaluatedStep, bestStep, bestLoss, worse);
    }

    /// The model was evaluated at this step.
    Progress evaluated(double loss) {
        if (step == 0) {
            return new Progress(step, tokens, step, bestStep, bestLoss, worse);
        }
        return loss < bestLoss
                ? new Progress(step, tokens, step, step, loss, 0)
                : new Progress(step, tokens, step, bestStep, bestLoss, worse + 1);
    }

    boolean isBest() {
        return bestStep == step;
    }

    /// For [TrainingState].
    Map<String, Double> numbers() {
        Map<String, Double> numbers = new LinkedHashMap<>();
        numbers.put("tokens", (double) tokens);
        numbers.put("evaluated_step", (double) evaluatedStep);
        numbers.put("best_step", (double) bestStep);
        numbers.put("worse", (double) worse);
        if (bestStep >= 0) {
            numbers.put("best_loss", bestLoss);
        }
        return numbers;
    }

    static Progress of(TrainingState state) {
        Map<String, Double> numbers = state.numbers();
        return new Progress(
                state.step(),
                numbers.getOrDefault("tokens", 0.0).longValue(),
                numbers.getOrDefault("evaluated_step", -1.0).longValue(),
                numbers.getOrDefault("best_step", -1.0).longValue(),
                numbers.getOrDefault("best_loss", Double.POSITIVE_INFINITY),
                numbers.getOrDefault("worse", 0.0).intValue());
    }
}

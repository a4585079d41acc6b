package org.align4j.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.align4j.checkpoint.TrainingState;

/// How far a run has come: what it counts, and what a checkpoint must remember of that.
///
/// @param step optimiser steps done
/// @param tokens processed in them
/// @param evaluatedStep where the last evaluation was; -1 before the first
/// @param bestStep where the best evaluation was; -1 before the first. The untrained model's
///     doesn't count: there is no checkpoint of it
/// @param bestLoss what it found
/// @param worse evaluations since then
/// @param memory what the algorithm itself must remember
public record Progress(
        long step,
        long tokens,
        long evaluatedStep,
        long bestStep,
        double bestLoss,
        int worse,
        Map<String, Double> memory) {
    private static final String MEMORY = "memory.";

    static final Progress START = at(0);

    /// Only the steps are counted.
    public static Progress at(long step) {
        return new Progress(step, 0, -1, -1, Double.POSITIVE_INFINITY, 0, Map.of());
    }

    /// One more step is done.
    Progress stepped(long newTokens) {
        return new Progress(step + 1, tokens + newTokens, evaluatedStep, bestStep, bestLoss, worse, memory);
    }

    /// The model was evaluated at this step.
    Progress evaluated(double loss) {
        if (step == 0) {
            return evaluated();
        }
        return loss < bestLoss
                ? new Progress(step, tokens, step, step, loss, 0, memory)
                : new Progress(step, tokens, step, bestStep, bestLoss, worse + 1, memory);
    }

    /// The model was evaluated at this step, and how good it is couldn't be told.
    Progress evaluated() {
        return new Progress(step, tokens, step, bestStep, bestLoss, worse, memory);
    }

    /// The algorithm remembers these numbers and no others.
    Progress remembering(Map<String, Double> numbers) {
        return new Progress(step, tokens, evaluatedStep, bestStep, bestLoss, worse, Map.copyOf(numbers));
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
        memory.forEach((name, value) -> numbers.put(MEMORY + name, value));
        return numbers;
    }

    static Progress of(TrainingState state) {
        Map<String, Double> numbers = state.numbers();
        Map<String, Double> memory = new LinkedHashMap<>();
        numbers.forEach((name, value) -> {
            if (name.startsWith(MEMORY)) {
                memory.put(name.substring(MEMORY.length()), value);
            }
        });
        return new Progress(
                state.step(),
                numbers.getOrDefault("tokens", 0.0).longValue(),
                numbers.getOrDefault("evaluated_step", -1.0).longValue(),
                numbers.getOrDefault("best_step", -1.0).longValue(),
                numbers.getOrDefault("best_loss", Double.POSITIVE_INFINITY),
                numbers.getOrDefault("worse", 0.0).intValue(),
                Map.copyOf(memory));
    }
}

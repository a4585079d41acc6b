package org.align4j.bench.flan;

import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.align4j.evaluate.Figure;
import org.align4j.evaluate.Measurement;

/// What an arm gave with a seed (`result.json`).
///
/// @param tokens that it was trained on, prompts included
/// @param seconds of training and evaluation
/// @param items one a held-out question
record ArmResult(String arm, long seed, long tokens, double seconds, List<Item> items) {
    ArmResult {
        items = List.copyOf(items);
    }

    /// @param zeroReward what the answer to the question alone is worth, 0 to 1
    /// @param fewReward after examples
    /// @param zeroLoss mean negative log-probability of the right answer's tokens, in nats
    /// @param fewLoss after examples
    record Item(String family, double zeroReward, double fewReward, double zeroLoss, double fewLoss) {}

    /// The questions of all results, one after the other.
    static Measurement of(String name, List<ArmResult> results, Predicate<Item> which, ToDoubleFunction<Item> value) {
        return new Measurement(
                name,
                results.stream()
                        .flatMap(result -> result.items().stream())
                        .filter(which)
                        .map(item -> Figure.value(value.applyAsDouble(item)))
                        .toList(),
                Figure.MEAN,
                true);
    }
}

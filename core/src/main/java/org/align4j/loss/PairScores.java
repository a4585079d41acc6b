package org.align4j.loss;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.align4j.data.preference.Preference;
import org.align4j.tensor.Tensor;

/// The scores of P pairs of outputs.
///
/// @param better of the outputs named first, `[P]`
/// @param worse of the others, `[P]`
record PairScores(List<Preference> preferences, Tensor better, Tensor worse) {
    /// @param scores `[K]`
    /// @param ids in the order of the scores
    static PairScores of(Tensor scores, List<String> ids, List<Preference> preferences) {
        return new PairScores(
                preferences,
                scores.indexSelect(
                        0,
                        rows(
                                scores,
                                ids,
                                preferences.stream().map(Preference::better).toList())),
                scores.indexSelect(
                        0,
                        rows(
                                scores,
                                ids,
                                preferences.stream().map(Preference::worse).toList())));
    }

    /// Where the scores of `wanted` stand, int64.
    static Tensor rows(Tensor scores, List<String> ids, List<String> wanted) {
        return Tensor.of(wanted.stream().mapToLong(ids::indexOf).toArray()).to(scores.device());
    }

    /// r_better − r_worse, `[P]`.
    Tensor difference() {
        return better.sub(worse);
    }

    /// A number of each pair, `[P]`.
    Tensor each(ToDoubleFunction<Preference> number) {
        float[] values = new float[preferences.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) number.applyAsDouble(preferences.get(i));
        }
        return Tensor.of(values).to(better.device());
    }
}

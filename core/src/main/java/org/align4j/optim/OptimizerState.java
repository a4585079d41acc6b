package org.align4j.optim;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.align4j.tensor.Tensor;

/// What an optimiser remembers between steps; loading it continues bit-exactly.
///
/// @param step steps made
/// @param tensors float32, named `group.moment` or `parameter.moment`; the optimiser's own, to be
///     read before its next step
public record OptimizerState(long step, SequencedMap<String, Tensor> tensors) {
    public OptimizerState {
        tensors = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tensors));
    }
}

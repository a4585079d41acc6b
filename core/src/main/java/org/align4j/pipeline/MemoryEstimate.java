package org.align4j.pipeline;

import org.align4j.model.Architecture;
import org.align4j.model.WeightLayout;

/// Bytes that a model's numbers take in bf16, by what is done with it. Activations come on top:
/// they grow with the tokens of a batch, not with the model alone.
///
/// @param inference weights
/// @param cachePerToken keys and values of one token of one sequence
/// @param fullTraining weights, float32 masters, gradients and two moments of AdamW
/// @param adapterParameters numbers of an adapter of rank [#RANK] on every linear layer
/// @param adapterTraining frozen weights and the adapter's numbers as for full training
public record MemoryEstimate(
        long inference, long cachePerToken, long fullTraining, long adapterParameters, long adapterTraining) {
    /// Rank of the adapter.
    public static final int RANK = 16;

    private static final int VALUE = 2;
    private static final int TRAINED = VALUE + 4 + 4 + 8;

    public static MemoryEstimate of(WeightLayout layout) {
        Architecture architecture = layout.architecture();
        long size = layout.size();
        long cache = 2L * architecture.layers().size() * architecture.kvHeads() * architecture.headSize() * VALUE;
        long adapter = layout.weights().stream()
                .filter(weight -> weight.shape().size() == 2 && weight.name().startsWith("layers."))
                .flatMap(weight -> weight.parts().stream().map(part -> RANK * (part.rows() + weight.shape().get(1))))
                .mapToLong(Long::longValue)
                .sum();
        return new MemoryEstimate(size * VALUE, cache, size * TRAINED, adapter, size * VALUE + adapter * TRAINED);
    }
}

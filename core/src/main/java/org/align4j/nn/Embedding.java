package org.align4j.nn;

import org.align4j.tensor.DType;
import org.align4j.tensor.Tensor;

/// Rows of a table chosen by ids.
///
/// @param table `[V, H]`
public record Embedding(Parameter table) {
    /// @param ids int64 `[N]`
    /// @return `[N, H]`
    public Value of(Graph graph, Tensor ids) {
        return graph.result(table.value().indexSelect(0, ids), gradient -> {
            if (table.isTrained()) {
                table.touchedGradient().indexAdd_(0, ids, gradient.to(DType.FLOAT32));
            }
        });
    }
}

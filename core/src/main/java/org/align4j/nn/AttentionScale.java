package org.align4j.nn;

import org.align4j.tensor.Tensor;

/// The factor on query·key. transformers multiplies the scores by it. A power of two may as well go
/// on the queries, which are fewer: no bfloat16 is rounded by it, so the scores come out the same.
///
/// @param factor mostly 1 / √D
public record AttentionScale(double factor) {
    public AttentionScale {
        if (!(factor > 0) || Double.isInfinite(factor)) {
            throw new IllegalArgumentException("scale of attention is " + factor + "; it must be positive");
        }
    }

    private boolean goesOnQueries() {
        return factor == Math.scalb(1.0, Math.getExponent(factor));
    }

    /// Queries as their product with the keys needs them; changed in place where they change.
    public Tensor queries_(Tensor queries) {
        return goesOnQueries() ? queries.mul_(factor) : queries;
    }

    /// Scores of [#queries_], changed in place where they change. Their gradients pass in the same
    /// way.
    public Tensor scores_(Tensor scores) {
        return goesOnQueries() ? scores : scores.mul_(factor);
    }
}

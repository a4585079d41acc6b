package org.align4j.nn;

/// What a block does to each token on its own.
public sealed interface FeedForward permits Mlp, Mixture {
    /// `[N, H]` to `[N, H]`.
    Value of(Graph graph, Value x);

    /// `residual + of(x)`.
    Value plus(Graph graph, Value x, Value residual);
}

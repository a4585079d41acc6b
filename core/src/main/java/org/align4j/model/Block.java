package org.align4j.model;

import java.util.List;
import java.util.Optional;
import org.align4j.model.Architecture.NormPlacement;
import org.align4j.nn.FeedForward;
import org.align4j.nn.Graph;
import org.align4j.nn.Linear;
import org.align4j.nn.Norm;
import org.align4j.nn.Value;

/// One decoder block.
///
/// @param index its place among the blocks, from 0
/// @param beforeAttention norm of the attention's input
/// @param afterAttention norm of the attention's output
/// @param beforeMlp norm of the MLP's input
/// @param afterMlp norm of the MLP's output
/// @param projection queries, keys and values fused, `[(heads + 2 kv) D, H]`
/// @param queryNorm norm of the queries before the rotation
/// @param keyNorm norm of the keys before the rotation
/// @param output the attention's output projection, `[H, heads · D]`
public record Block(
        int index,
        NormPlacement placement,
        Optional<Norm> beforeAttention,
        Optional<Norm> afterAttention,
        Optional<Norm> beforeMlp,
        Optional<Norm> afterMlp,
        Linear projection,
        Optional<Norm> queryNorm,
        Optional<Norm> keyNorm,
        Linear output,
        FeedForward mlp) {

    /// Attention of a block's queries to the keys and values that they may see.
    public interface Attention {
        /// @param projected queries, keys and values side by side, `[N, (heads + 2 kv) D]`; may be
        ///     changed
        /// @return `[N, heads · D]`
        Value of(Graph graph, int block, Value projected);
    }

    /// `[N, H]` to `[N, H]`.
    public Value of(Graph graph, Value x, Attention attention) {
        Value attended = attend(graph, normed(graph, beforeAttention, x), attention);
        if (placement == NormPlacement.PARALLEL) {
            Value sum = output.plus(graph, attended, x);
            return mlp.plus(graph, normed(graph, beforeMlp, x), sum);
        }
        Value middle = afterAttention.isEmpty()
                ? output.plus(graph, attended, x)
                : graph.add(x, normed(graph, afterAttention, output.of(graph, attended)));
        Value input = normed(graph, beforeMlp, middle);
        return afterMlp.isEmpty()
                ? mlp.plus(graph, input, middle)
                : graph.add(middle, normed(graph, afterMlp, mlp.of(graph, input)));
    }

    private Value attend(Graph graph, Value x, Attention attention) {
        Value projected = projection.of(graph, x);
        return attention.of(graph, index, queryNorm.isEmpty() ? projected : normHeads(graph, projected));
    }

    private Value normHeads(Graph graph, Value projected) {
        Norm queries = queryNorm.orElseThrow();
        Norm keys = keyNorm.orElseThrow();
        long kv = (projected.data().size(1) - output.weight().value().size(1)) / 2;
        List<Value> parts = graph.split(projected, output.weight().value().size(1), kv, kv);
        return graph.concat(
                List.of(normHeads(graph, queries, parts.get(0)), normHeads(graph, keys, parts.get(1)), parts.get(2)));
    }

    /// Over each head, or over all where the norm is as wide as all of them.
    private static Value normHeads(Graph graph, Norm norm, Value heads) {
        long width = norm.weight().value().size(0);
        Value normed = norm.of(graph, graph.view(heads, -1, width));
        return graph.view(normed, heads.data().shape());
    }

    private static Value normed(Graph graph, Optional<Norm> norm, Value x) {
        return norm.isEmpty() ? x : norm.get().of(graph, x);
    }
}

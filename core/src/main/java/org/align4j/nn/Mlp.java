package org.align4j.nn;

import java.util.List;
import org.align4j.tensor.Tensor;

/// A block's feed-forward part.
///
/// @param up gate and up fused, `[2F, H]`, when gated; otherwise `[F, H]`
/// @param down `[H, F]`
/// @param gated `down(act(gate x) · up x)` (Shazeer 2020) rather than `down(act(up x))`
public record Mlp(Linear up, Linear down, Activation activation, boolean gated) implements FeedForward {
    /// `[N, H]` to `[N, H]`.
    @Override
    public Value of(Graph graph, Value x) {
        return down.of(graph, inner(graph, x));
    }

    /// `residual + mlp(x)`.
    @Override
    public Value plus(Graph graph, Value x, Value residual) {
        return down.plus(graph, inner(graph, x), residual);
    }

    private Value inner(Graph graph, Value x) {
        Value wide = up.of(graph, x);
        return gated ? gate(graph, wide) : activate(graph, wide);
    }

    private Value activate(Graph graph, Value x) {
        return graph.result(
                activation.of(x.data()), gradient -> x.accumulate(activation.backward(x.data(), gradient)), x.data());
    }

    private Value gate(Graph graph, Value wide) {
        long width = wide.data().size(1) / 2;
        Tensor gate = wide.data().narrow(1, 0, width);
        Tensor value = wide.data().narrow(1, width, width);
        return graph.result(
                activation.of(gate).mul_(value),
                gradient -> wide.accumulate(Tensor.cat(
                        List.of(activation.backward(gate, gradient.mul(value)), gradient.mul(activation.of(gate))), 1)),
                gate,
                value);
    }
}

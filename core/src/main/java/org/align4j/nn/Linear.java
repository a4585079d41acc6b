package org.align4j.nn;

import java.util.Optional;
import org.align4j.tensor.PackedWeight;
import org.align4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// `y = x Wᵀ + b`, with the adapters that its rows may have.
public final class Linear {
    private final Parameter weight;
    private final @Nullable Parameter bias;
    private @Nullable Adapter adapter;
    private @Nullable PackedWeight packed;
    private int packedRows;

    /// @param weight `[out, in]`
    /// @param bias `[out]`, if there is one
    public Linear(Parameter weight, Optional<Parameter> bias) {
        this.weight = weight;
        this.bias = bias.orElse(null);
    }

    public Parameter weight() {
        return weight;
    }

    public Optional<Parameter> bias() {
        return Optional.ofNullable(bias);
    }

    public Optional<Adapter> adapter() {
        return Optional.ofNullable(adapter);
    }

    /// Adds an adapter in the place of the one that there may be; null for none.
    public void adapt(@Nullable Adapter adapter) {
        this.adapter = adapter;
    }

    /// Prepares for products of at most `rows` rows that no gradient flows through: they read a
    /// copy of the weights as they are now, in a faster order. bfloat16 on a CPU only.
    public void pack(int rows) {
        unpack();
        packedRows = rows;
        packed = PackedWeight.of(weight.value(), bias().map(Parameter::value), rows);
    }

    /// Lets go of the copy.
    public void unpack() {
        if (packed != null) {
            packed.close();
            packed = null;
        }
    }

    /// `[N, in]` to `[N, out]`.
    public Value of(Graph graph, Value x) {
        return apply(graph, x, null);
    }

    /// `residual + y`.
    public Value plus(Graph graph, Value x, Value residual) {
        return apply(graph, x, residual);
    }

    private Value apply(Graph graph, Value x, @Nullable Value residual) {
        Tensor input = x.data();
        PackedWeight fast = graph.isTraining() || packed == null || input.size(0) > packedRows ? null : packed;
        if (fast != null && adapter == null && residual != null) {
            return graph.input(fast.linearAdd(input, residual.data()));
        }
        Tensor output = fast != null ? fast.linear(input) : product(input);
        AdapterPass pass = adapter == null ? null : AdapterPass.forward(graph, this, adapter, input, output);
        if (residual != null) {
            output.add_(residual.data());
        }
        return graph.result(
                output,
                gradient -> {
                    if (residual != null) {
                        residual.accumulate(gradient);
                    }
                    backward(x, gradient, pass);
                },
                readsInput() ? new Tensor[] {input} : new Tensor[0]);
    }

    private Tensor product(Tensor input) {
        return bias == null ? input.linear(weight.value()) : input.linear(weight.value(), bias.value());
    }

    /// Whether the way back needs the input: not where all is frozen.
    private boolean readsInput() {
        return weight.isTrained() || (adapter != null && adapter.isTrained());
    }

    private void backward(Value x, Tensor gradient, @Nullable AdapterPass pass) {
        Tensor input = x.data();
        Tensor scaled = pass == null ? gradient : pass.throughMagnitude(gradient);
        if (weight.isTrained()) {
            weight.accumulate(scaled.t().mm(input));
        }
        if (bias != null && bias.isTrained()) {
            bias.accumulate(gradient.sumFloat32(0, false));
        }
        Tensor inputGradient = scaled.mm(weight.value());
        if (pass != null) {
            pass.backward(input, gradient, inputGradient);
        }
        x.accumulate(inputGradient);
    }
}

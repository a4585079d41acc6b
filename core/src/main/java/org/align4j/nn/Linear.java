package org.align4j.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.align4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// `y = x Wᵀ + b`, with the adapters that some of its rows may have.
public final class Linear {
    private final Parameter weight;
    private final @Nullable Parameter bias;
    private List<Adapter> adapters = List.of();

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

    public List<Adapter> adapters() {
        return adapters;
    }

    /// Replaces the adapters.
    public void adapt(List<Adapter> adapters) {
        this.adapters = List.copyOf(adapters);
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
        Tensor output = bias == null ? input.linear(weight.value()) : input.linear(weight.value(), bias.value());
        List<AdapterPass> passes = new ArrayList<>();
        for (Adapter adapter : adapters) {
            passes.add(AdapterPass.forward(graph, this, adapter, input, output));
        }
        if (residual != null) {
            output.add_(residual.data());
        }
        return graph.result(
                output,
                gradient -> {
                    if (residual != null) {
                        residual.accumulate(gradient);
                    }
                    backward(x, gradient, passes);
                },
                input);
    }

    private void backward(Value x, Tensor gradient, List<AdapterPass> passes) {
        Tensor input = x.data();
        if (weight.isTrained()) {
            weight.accumulate(gradient.t().mm(input));
        }
        if (bias != null && bias.isTrained()) {
            bias.accumulate(gradient.sumFloat32(0, false));
        }
        Tensor scaled = gradient;
        for (AdapterPass pass : passes) {
            scaled = pass.throughMagnitude(scaled);
        }
        Tensor inputGradient = scaled.mm(weight.value());
        for (AdapterPass pass : passes) {
            pass.backward(input, gradient, inputGradient);
        }
        x.accumulate(inputGradient);
    }
}

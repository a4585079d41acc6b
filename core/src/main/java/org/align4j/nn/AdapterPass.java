package org.align4j.nn;

import java.util.ArrayList;
import java.util.List;
import org.align4j.tensor.DType;
import org.align4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// One pass of an [Adapter] on a batch, with what its way back needs.
///
/// @param mask input features that the dropout left, `[N, in]`, if there is dropout
/// @param spread factor that makes up for the dropped ones
/// @param parts of the adapter, in its order
record AdapterPass(Adapter adapter, @Nullable Tensor mask, double spread, List<PartPass> parts) {

    /// @param inner scale · A x, `[N, r]`
    private record PartPass(
            Adapter.Part part, Tensor inner, @Nullable Rescaled rescaled) {}

    /// What DoRA needs for its way back.
    ///
    /// @param raw W x + scale · B A x, `[N, rows]`
    /// @param norms ‖W + scale · B A‖, float32 `[rows]`
    /// @param factor magnitude / norms, float32 `[rows]`
    private record Rescaled(Parameter magnitude, Tensor raw, Tensor norms, Tensor factor) {}

    /// Adds the adapter's part to `output` `[N, out]` in place.
    static AdapterPass forward(Graph graph, Linear linear, Adapter adapter, Tensor input, Tensor output) {
        double dropout = graph.isTraining() ? adapter.dropout() : 0;
        Tensor mask = dropout > 0 ? graph.keep(graph.dropout(dropout, input)) : null;
        double spread = 1 / (1 - dropout);
        Tensor all = graph.keep(masked(input, mask).linear(adapter.down().value()));
        List<PartPass> passes = new ArrayList<>();
        for (Adapter.Part part : adapter.parts()) {
            Tensor inner =
                    graph.keep(all.narrow(1, part.firstRank(), part.rank()).mul_(part.scale() * spread));
            Parameter magnitude = part.magnitude();
            if (magnitude == null) {
                part.columnsOf(output).addmm_(inner, part.up().value().t());
                passes.add(new PartPass(part, inner, null));
            } else {
                Rescaled rescaled = rescale(graph, linear, adapter, part, magnitude, inner, output);
                passes.add(new PartPass(part, inner, rescaled));
            }
        }
        return new AdapterPass(adapter, mask, spread, passes);
    }

    private static Rescaled rescale(
            Graph graph,
            Linear linear,
            Adapter adapter,
            Adapter.Part part,
            Parameter magnitude,
            Tensor inner,
            Tensor output) {
        Tensor columns = part.columnsOf(output);
        Tensor bias = linear.bias().map(b -> part.rowsOf(b.value())).orElse(null);
        Tensor norms = graph.keep(adapter.rowNorms(part, linear.weight().value()));
        Tensor factor = graph.keep(magnitude.master().to(DType.FLOAT32).div(norms));
        Tensor raw = graph.keep(inner.linear(part.up().value()).add_(bias == null ? columns : columns.sub(bias)));
        columns.copy_(raw.mul(factor));
        if (bias != null) {
            columns.add_(bias);
        }
        return new Rescaled(magnitude, raw, norms, factor);
    }

    private static Tensor masked(Tensor input, @Nullable Tensor mask) {
        return mask == null ? input : input.mul(mask);
    }

    /// The gradient of W x from that of the output: DoRA's rows are scaled, others pass.
    Tensor throughMagnitude(Tensor gradient) {
        Tensor scaled = gradient;
        for (PartPass pass : parts) {
            Rescaled rescaled = pass.rescaled();
            if (rescaled != null) {
                scaled = scaled == gradient ? gradient.copy() : scaled;
                pass.part().columnsOf(scaled).mul_(rescaled.factor());
            }
        }
        return scaled;
    }

    /// Accumulates the adapter's gradients and adds its part to the input's.
    ///
    /// @param gradient of the output `[N, out]`
    void backward(Tensor input, Tensor gradient, Tensor inputGradient) {
        List<Tensor> inners = parts.stream()
                .map(pass -> backward(pass, gradient).mul_(pass.part().scale() * spread))
                .toList();
        Tensor inner = inners.size() == 1 ? inners.getFirst() : Tensor.cat(inners, 1);
        if (adapter.down().isTrained()) {
            adapter.down().accumulate(inner.t().mm(masked(input, mask)));
        }
        if (mask == null) {
            inputGradient.addmm_(inner, adapter.down().value());
        } else {
            inputGradient.addcmul_(inner.mm(adapter.down().value()), mask.to(inner.dtype()));
        }
    }

    /// The gradient of A x before the scale, `[N, r]`.
    private static Tensor backward(PartPass pass, Tensor gradient) {
        Tensor columns = pass.part().columnsOf(gradient);
        Rescaled rescaled = pass.rescaled();
        if (rescaled != null) {
            rescaled.magnitude()
                    .accumulate(columns.mul(rescaled.raw()).sumFloat32(0, false).div(rescaled.norms()));
            columns = columns.mul(rescaled.factor()).to(gradient.dtype());
        }
        Parameter up = pass.part().up();
        if (up.isTrained()) {
            up.accumulate(columns.t().mm(pass.inner()));
        }
        return columns.mm(up.value());
    }
}

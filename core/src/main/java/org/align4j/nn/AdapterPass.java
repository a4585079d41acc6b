package org.align4j.nn;

import org.align4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// One pass of an [Adapter] on a batch, with what its way back needs.
///
/// @param inner A x (after dropout), `[N, r]`
/// @param dropped the dropout's factors, `[N, in]`, if there is dropout
/// @param raw W x + scale · B A x before the magnitude, `[N, rows]`, for DoRA
/// @param factor m / ‖W + scale · B A‖, `[rows]`, for DoRA
/// @param norms ‖W + scale · B A‖, `[rows]`, for DoRA
record AdapterPass(
        Adapter adapter,
        Tensor inner,
        @Nullable Tensor dropped,
        @Nullable Tensor raw,
        @Nullable Tensor factor,
        @Nullable Tensor norms) {

    /// Adds the adapter's part to `output` `[N, out]` in place.
    static AdapterPass forward(Graph graph, Linear linear, Adapter adapter, Tensor input, Tensor output) {
        Tensor dropped = graph.isRecording() && adapter.dropout() > 0
                ? graph.keep(graph.dropout(adapter.dropout(), input))
                : null;
        Tensor inner = graph.keep((dropped == null ? input : input.mul(dropped))
                .linear(adapter.down().value()));
        Tensor rows = output.narrow(1, adapter.firstRow(), adapter.rows());
        Parameter magnitude = adapter.magnitude();
        if (magnitude == null) {
            rows.addScaled_(inner.linear(adapter.up().value()), adapter.scale());
            return new AdapterPass(adapter, inner, dropped, null, null, null);
        }
        Tensor bias = linear.bias()
                .map(b -> b.value().narrow(0, adapter.firstRow(), adapter.rows()))
                .orElse(null);
        Tensor weight = linear.weight().value().narrow(0, adapter.firstRow(), adapter.rows());
        Tensor norms = graph.keep(adapter.rowNorms(weight));
        Tensor factor = graph.keep(magnitude.master().div(norms).to(output.dtype()));
        Tensor raw = graph.keep((bias == null ? rows : rows.sub(bias))
                .add(inner.linear(adapter.up().value()).mul(adapter.scale())));
        rows.copy_(raw.mul(factor));
        if (bias != null) {
            rows.add_(bias);
        }
        return new AdapterPass(adapter, inner, dropped, raw, factor, norms);
    }

    /// The gradient of W x from that of the output: DoRA's rows are scaled, others pass.
    Tensor throughMagnitude(Tensor gradient) {
        if (factor == null) {
            return gradient;
        }
        Tensor scaled = gradient.copy();
        scaled.narrow(1, adapter.firstRow(), adapter.rows()).mul_(factor);
        return scaled;
    }

    /// Accumulates the adapter's gradients and adds its part to the input's.
    ///
    /// @param gradient of the output `[N, out]`
    void backward(Tensor input, Tensor gradient, Tensor inputGradient) {
        Tensor rows = gradient.narrow(1, adapter.firstRow(), adapter.rows()).contiguous();
        Parameter magnitude = adapter.magnitude();
        if (magnitude != null && raw != null && factor != null && norms != null) {
            magnitude.accumulate(rows.mul(raw).sumFloat32(0, false).div(norms));
            rows = rows.mul(factor);
        }
        rows = rows.mul(adapter.scale());
        adapter.up().accumulate(rows.t().mm(inner));
        Tensor innerGradient = rows.mm(adapter.up().value());
        if (dropped == null) {
            adapter.down().accumulate(innerGradient.t().mm(input));
            inputGradient.addmm_(innerGradient, adapter.down().value());
        } else {
            adapter.down().accumulate(innerGradient.t().mm(input.mul(dropped)));
            inputGradient.add_(innerGradient.mm(adapter.down().value()).mul(dropped));
        }
    }
}

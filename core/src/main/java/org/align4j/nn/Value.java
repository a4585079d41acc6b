package org.align4j.nn;

import org.align4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// A tensor in a [Graph] and, on the way back, the gradient that has arrived at it.
public final class Value {
    private final Tensor data;
    private @Nullable Tensor gradient;

    Value(Tensor data) {
        this.data = data;
    }

    public Tensor data() {
        return data;
    }

    /// Adds to the gradient. `part` may be shared: it is never changed in place.
    public void accumulate(Tensor part) {
        gradient = gradient == null ? part : gradient.add(part);
    }

    /// The gradient, or null if none arrived.
    @Nullable
    Tensor gradient() {
        return gradient;
    }

    /// The gradient of a value that the result depends on.
    public Tensor arrivedGradient() {
        if (gradient == null) {
            throw new IllegalStateException("no gradient arrived: was Graph.backward called?");
        }
        return gradient;
    }
}

package org.align4j.nn;

import java.util.Optional;
import org.align4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// One weight: views of the flat buffers of its [Parameters].
public final class Parameter {
    private final String name;
    private final Tensor value;
    private final @Nullable Tensor master;
    private final @Nullable Tensor gradient;
    private boolean fresh = true;

    Parameter(String name, Tensor value, @Nullable Tensor master, @Nullable Tensor gradient) {
        this.name = name;
        this.value = value;
        this.master = master;
        this.gradient = gradient;
    }

    public String name() {
        return name;
    }

    /// What computations read, in the compute type.
    public Tensor value() {
        return value;
    }

    /// The most precise copy: float32 when trained, else [#value()].
    public Tensor master() {
        return master == null ? value : master;
    }

    /// Float32 gradient of the window so far; absent when frozen.
    public Optional<Tensor> gradient() {
        return Optional.ofNullable(gradient);
    }

    public boolean isTrained() {
        return gradient != null;
    }

    /// Adds to the gradient; frozen parameters ignore it.
    public void accumulate(Tensor part) {
        if (gradient == null) {
            return;
        }
        if (fresh) {
            gradient.copy_(part);
        } else {
            gradient.add_(part);
        }
        fresh = false;
    }

    /// The float32 gradient, zeroed first if nothing has arrived yet, for scattered additions.
    Tensor touchedGradient() {
        if (gradient == null) {
            throw new IllegalStateException(name + " is frozen");
        }
        if (fresh) {
            gradient.zero_();
            fresh = false;
        }
        return gradient;
    }

    void startWindow() {
        fresh = true;
    }

    void finishWindow() {
        if (fresh && gradient != null) {
            gradient.zero_();
        }
    }
}

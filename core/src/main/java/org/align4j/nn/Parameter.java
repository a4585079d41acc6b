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
    private final Arrivals arrivals;
    private @Nullable Parameter standIn;

    /// Whether nothing has been added to the gradient in this window; parameters that share it
    /// share this.
    private static final class Arrivals {
        private boolean none = true;
    }

    Parameter(String name, Tensor value, @Nullable Tensor master, @Nullable Tensor gradient) {
        this(name, value, master, gradient, new Arrivals());
    }

    private Parameter(
            String name, Tensor value, @Nullable Tensor master, @Nullable Tensor gradient, Arrivals arrivals) {
        this.name = name;
        this.value = value;
        this.master = master;
        this.gradient = gradient;
        this.arrivals = arrivals;
    }

    /// This parameter in another place of the model, with the same numbers; each may have a
    /// stand-in of its own.
    public Parameter alias(String name) {
        return new Parameter(name, value, master, gradient, arrivals);
    }

    /// Lets `other` be read and trained in this one's place; null ends that.
    public void standIn(@Nullable Parameter other) {
        standIn = other;
    }

    public String name() {
        return name;
    }

    /// What computations read, in the compute type.
    public Tensor value() {
        return standIn == null ? value : standIn.value();
    }

    /// The most precise copy: float32 when trained, else [#value()].
    public Tensor master() {
        if (standIn != null) {
            return standIn.master();
        }
        return master == null ? value : master;
    }

    /// Float32 gradient of the window so far; absent when frozen.
    public Optional<Tensor> gradient() {
        return standIn == null ? Optional.ofNullable(gradient) : standIn.gradient();
    }

    public boolean isTrained() {
        return standIn == null ? gradient != null : standIn.isTrained();
    }

    /// Adds to the gradient; frozen parameters ignore it.
    public void accumulate(Tensor part) {
        if (standIn != null) {
            standIn.accumulate(part);
            return;
        }
        if (gradient == null) {
            return;
        }
        if (arrivals.none) {
            gradient.copy_(part);
        } else {
            gradient.add_(part);
        }
        arrivals.none = false;
    }

    /// The float32 gradient, zeroed first if nothing has arrived yet, for scattered additions.
    Tensor touchedGradient() {
        if (standIn != null) {
            return standIn.touchedGradient();
        }
        if (gradient == null) {
            throw new IllegalStateException(name + " is frozen");
        }
        if (arrivals.none) {
            gradient.zero_();
            arrivals.none = false;
        }
        return gradient;
    }

    void startWindow() {
        arrivals.none = true;
    }

    void finishWindow() {
        if (arrivals.none && gradient != null) {
            gradient.zero_();
        }
    }
}

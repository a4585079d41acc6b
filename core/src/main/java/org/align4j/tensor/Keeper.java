package org.align4j.tensor;

import java.util.ArrayList;
import java.util.List;

/// Keeps tensors alive beyond the scopes that made them, until [#close].
public final class Keeper implements AutoCloseable {
    private List<Tensor> kept = new ArrayList<>();

    /// Keeps `tensor` and gives it back.
    public Tensor keep(Tensor tensor) {
        tensor.handle.retainReference();
        kept.add(tensor);
        return tensor;
    }

    /// Lets go of what this holds and takes over what `other` holds.
    void replaceWith(Keeper other) {
        List<Tensor> taken = other.kept;
        other.kept = new ArrayList<>();
        close();
        kept = taken;
    }

    @Override
    public void close() {
        kept.forEach(tensor -> tensor.handle.releaseReference());
        kept.clear();
    }
}

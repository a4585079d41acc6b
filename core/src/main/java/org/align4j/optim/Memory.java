package org.align4j.optim;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.SequencedMap;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Keeper;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;

/// An optimiser's step count and named moments, alive until [#close].
final class Memory implements AutoCloseable {
    private final Keeper keeper = new Keeper();
    private final SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    private long step;

    /// A new moment of zeros.
    Tensor zeros(String name, Device device, long... shape) {
        try (Scope scope = Scope.open()) {
            Tensor moment = keeper.keep(Tensor.zeros(DType.FLOAT32, device, shape));
            if (tensors.putIfAbsent(name, moment) != null) {
                throw new IllegalArgumentException("two moments are named " + name + ": names must be unique");
            }
            return moment;
        }
    }

    /// A new moment of zeros for each value of `group`.
    Tensor zeros(ParameterGroup group, String moment) {
        return zeros(
                group.name() + "." + moment,
                group.master().device(),
                group.master().numel());
    }

    /// Counts one more step; its number, 1 for the first.
    long advance() {
        return ++step;
    }

    OptimizerState state() {
        return new OptimizerState(step, tensors);
    }

    void load(OptimizerState state) {
        Problems problems = new Problems();
        tensors.forEach((name, moment) -> {
            Tensor loaded = state.tensors().get(name);
            if (loaded == null) {
                problems.add(name + ": missing");
            } else if (!Arrays.equals(loaded.shape(), moment.shape()) || loaded.dtype() != DType.FLOAT32) {
                problems.add(name + ": is " + loaded + ", not " + moment);
            }
        });
        for (String name : state.tensors().keySet()) {
            if (!tensors.containsKey(name)) {
                problems.add(name + ": belongs to no parameter of this run");
            }
        }
        problems.throwIfAny(
                "optimizer state does not fit; resume with the optimizer and the parameters that it was saved with:",
                AlignException.Checkpoint::new);
        state.tensors()
                .forEach((name, loaded) ->
                        Objects.requireNonNull(tensors.get(name)).copy_(loaded));
        step = state.step();
    }

    @Override
    public void close() {
        keeper.close();
    }
}

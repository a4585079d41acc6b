package org.align4j.model;

import java.util.List;
import org.align4j.nn.Linear;
import org.align4j.nn.Parameters;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.PackedWeight;

/// Copies of a model's matrices in the order that products of few rows read fastest, until
/// [#close]. Decoding uses them; passes over many rows, and passes that are recorded, use the
/// matrices themselves. They take as much memory as the matrices do.
public final class PackedWeights implements AutoCloseable {
    private final List<Linear> linears;
    private final Parameters parameters;
    private final int version;
    private final Runnable closed;

    PackedWeights(List<Linear> linears, int rows, Parameters parameters, Runnable closed) {
        this.linears = linears;
        this.parameters = parameters;
        this.closed = closed;
        version = parameters.version();
        linears.forEach(linear -> linear.pack(rows));
    }

    /// Whether models of this kind gain from it and can have it.
    public static boolean support(DType dtype, Device device) {
        return PackedWeight.supports(dtype, device);
    }

    /// Refuses to go on with copies of weights that have changed since.
    void check() {
        if (parameters.version() != version) {
            throw new IllegalStateException(
                    "the weights changed while they were packed for decoding; close what generates before training");
        }
    }

    @Override
    public void close() {
        linears.forEach(Linear::unpack);
        closed.run();
    }
}

package org.align4j.optim;

import java.util.Arrays;
import java.util.List;
import org.align4j.tensor.DType;
import org.align4j.tensor.Tensor;

/// Parameters that share a weight decay, as one flat buffer.
///
/// @param name names the group's state in checkpoints; unique among an optimiser's groups
/// @param master the values, float32 `[n]`; requires no gradient
/// @param gradient their gradients, `[n]`, of any float type; an optimiser may scale them in place
/// @param weightDecay factor of the decay
/// @param parts the parameters in the buffer, for optimisers that look at their shapes; may leave
///     gaps, which keep their values there
public record ParameterGroup(String name, Tensor master, Tensor gradient, double weightDecay, List<Part> parts) {
    public ParameterGroup {
        parts = List.copyOf(parts);
        require(master.shape().length == 1 && master.dtype() == DType.FLOAT32, name, "needs a flat float32 master");
        require(
                Arrays.equals(master.shape(), gradient.shape())
                        && gradient.dtype().isFloat(),
                name,
                "needs gradients like its master " + master + ", not " + gradient);
        require(weightDecay >= 0, name, "has weight decay " + weightDecay);
        for (Part part : parts) {
            require(
                    part.offset() >= 0 && part.offset() + part.count() <= master.numel(),
                    name,
                    "has " + part.name() + " beyond its " + master.numel() + " values");
        }
    }

    /// A group whose optimiser needs no shapes.
    public ParameterGroup(String name, Tensor master, Tensor gradient, double weightDecay) {
        this(name, master, gradient, weightDecay, List.of());
    }

    /// One parameter in a group's buffer.
    ///
    /// @param name unique among the optimiser's parameters
    /// @param offset index of its first value
    /// @param shape row-major
    public record Part(String name, long offset, List<Long> shape) {
        public Part {
            shape = List.copyOf(shape);
        }

        /// Number of values.
        public long count() {
            return shape.stream().reduce(1L, Math::multiplyExact);
        }
    }

    /// `length` gradients from `from` on in float32, times `scale`. To be read only: it may be a
    /// view.
    Tensor gradient(long from, long length, double scale) {
        Tensor chunk = gradient.narrow(0, from, length).to(DType.FLOAT32);
        return scale == 1 ? chunk : chunk.mul(scale);
    }

    private static void require(boolean condition, String name, String fault) {
        if (!condition) {
            throw new IllegalArgumentException("parameter group " + name + " " + fault);
        }
    }
}

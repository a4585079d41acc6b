package org.align4j.nn;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// All parameters of one model or adapter, in order, as views of flat buffers: float32 masters and
/// gradients when trained, and values in the compute type (the masters themselves in float32).
/// Belongs to the scope it is made in.
public final class Parameters {
    /// A parameter to make. Decayed ones come first, so that each kind is one range of the buffers.
    ///
    /// @param decay whether weight decay applies
    /// @param pieces the tensors whose rows it holds, where several are one parameter; empty: it is
    ///     one by itself
    public record Spec(String name, List<Long> shape, boolean decay, List<Piece> pieces) {
        public Spec {
            shape = List.copyOf(shape);
            pieces = List.copyOf(pieces);
        }

        /// A parameter that is one tensor.
        public Spec(String name, List<Long> shape, boolean decay) {
            this(name, shape, decay, List.of());
        }

        public long size() {
            return shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
        }
    }

    /// Rows of a parameter that optimisers which look at shapes treat as a tensor of their own.
    public record Piece(String name, long firstRow, long rows) {}

    /// A range of the flat buffers under one weight decay rule.
    ///
    /// @param master float32 `[n]`
    /// @param gradient float32 `[n]`
    /// @param parts the tensors in it
    public record Range(Tensor master, Tensor gradient, boolean decay, List<Part> parts) {}

    /// One tensor in a [Range].
    ///
    /// @param offset of its first value in the range
    public record Part(String name, long offset, List<Long> shape) {}

    private final List<Spec> specs;
    private final Map<String, Parameter> byName = new LinkedHashMap<>();
    private final Tensor values;
    private final @Nullable Tensor masters;
    private final @Nullable Tensor gradients;
    private final long decayed;
    private final long total;
    private int version;

    /// Allocates, uninitialised.
    ///
    /// @param trained whether masters and gradients are wanted
    public Parameters(List<Spec> specs, DType compute, Device device, boolean trained) {
        this(specs, compute, device, trained, trained);
    }

    /// Allocates, uninitialised; frozen parameters may have float32 masters, too, where their
    /// digits matter.
    public Parameters(List<Spec> specs, DType compute, Device device, boolean trained, boolean precise) {
        this.specs = List.copyOf(specs);
        total = specs.stream().mapToLong(Spec::size).sum();
        decayed = specs.stream().filter(Spec::decay).mapToLong(Spec::size).sum();
        masters = precise ? Tensor.empty(DType.FLOAT32, device, total) : null;
        gradients = trained ? Tensor.empty(DType.FLOAT32, device, total) : null;
        values = masters != null && compute == DType.FLOAT32 ? masters : Tensor.empty(compute, device, total);
        long at = 0;
        boolean decay = true;
        for (Spec spec : specs) {
            if (spec.decay() && !decay) {
                throw new IllegalArgumentException("decayed parameters must come first: " + spec.name());
            }
            decay = spec.decay();
            byName.put(
                    spec.name(),
                    new Parameter(
                            spec.name(),
                            part(values, at, spec),
                            partOf(masters, at, spec),
                            partOf(gradients, at, spec)));
            at += spec.size();
        }
    }

    private static @Nullable Tensor partOf(@Nullable Tensor flat, long at, Spec spec) {
        return flat == null ? null : part(flat, at, spec);
    }

    private static Tensor part(Tensor flat, long at, Spec spec) {
        return flat.narrow(0, at, spec.size())
                .view(spec.shape().stream().mapToLong(Long::longValue).toArray());
    }

    public Parameter get(String name) {
        Parameter parameter = byName.get(name);
        if (parameter == null) {
            throw new IllegalArgumentException("no parameter " + name);
        }
        return parameter;
    }

    public boolean has(String name) {
        return byName.containsKey(name);
    }

    public Collection<Parameter> all() {
        return byName.values();
    }

    /// How many numbers.
    public long size() {
        return total;
    }

    public boolean isTrained() {
        return gradients != null;
    }

    /// The decayed and the undecayed range; only of trained parameters.
    public List<Range> ranges() {
        if (masters == null || gradients == null) {
            throw new IllegalStateException("frozen parameters have no gradients");
        }
        List<Range> ranges = new ArrayList<>();
        addRange(ranges, masters, gradients, 0, decayed, true);
        addRange(ranges, masters, gradients, decayed, total - decayed, false);
        return ranges;
    }

    private void addRange(List<Range> ranges, Tensor masters, Tensor gradients, long from, long size, boolean decay) {
        if (size == 0) {
            return;
        }
        List<Part> parts = new ArrayList<>();
        long offset = 0;
        for (Spec spec : specs) {
            if (spec.decay() == decay) {
                parts.addAll(parts(spec, offset));
                offset += spec.size();
            }
        }
        ranges.add(new Range(masters.narrow(0, from, size), gradients.narrow(0, from, size), decay, parts));
    }

    /// How often the values were brought up to date: copies made at another version are stale.
    public int version() {
        return version;
    }

    private static List<Part> parts(Spec spec, long offset) {
        if (spec.pieces().isEmpty()) {
            return List.of(new Part(spec.name(), offset, spec.shape()));
        }
        long rowSize = spec.size() / spec.shape().getFirst();
        return spec.pieces().stream()
                .map(piece -> {
                    List<Long> shape = new ArrayList<>(spec.shape());
                    shape.set(0, piece.rows());
                    return new Part(piece.name(), offset + piece.firstRow() * rowSize, List.copyOf(shape));
                })
                .toList();
    }

    /// Starts a window of gradient accumulation: what was there counts no more.
    public void startWindow() {
        byName.values().forEach(Parameter::startWindow);
    }

    /// Ends it: parameters that nothing reached get zero gradients.
    public void finishWindow() {
        byName.values().forEach(Parameter::finishWindow);
    }

    /// Brings the values up to date with the masters.
    public void refresh() {
        version++;
        if (masters != null && masters != values) {
            values.copy_(masters);
        }
    }
}

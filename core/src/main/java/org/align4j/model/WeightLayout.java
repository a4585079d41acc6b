package org.align4j.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;

/// The parameters of a decoder and where a Hugging Face checkpoint keeps them. Projections that see
/// the same input are one parameter here: `qkv` has the rows of q, k and v, `gate_up` those of the
/// gate and of up.
///
/// @param architecture the decoder
/// @param weights every parameter: those with weight decay first, each group in the order of the
///     forward pass, so that a flat buffer has one range for each group
public record WeightLayout(Architecture architecture, List<Weight> weights) {
    /// The scalar head's weight, `[1, H]`, here and in files.
    public static final String SCORE = "score";

    public WeightLayout {
        weights = List.copyOf(weights);
    }

    /// One parameter.
    ///
    /// @param name our name, such as `layers.0.qkv` or `layers.0.qkv.bias`
    /// @param shape `[rows, columns]`, or `[rows]` of norms and biases
    /// @param decay whether weight decay applies: to matrices, the embedding too, not to norms and
    ///     biases
    /// @param parts the tensors that hold its rows, in order; they cover it
    public record Weight(String name, List<Long> shape, boolean decay, List<Part> parts) {
        public Weight {
            shape = List.copyOf(shape);
            parts = List.copyOf(parts);
        }

        /// Numbers in it.
        public long size() {
            return shape.stream().reduce(1L, (a, b) -> a * b);
        }

        /// Shape of `part` as the file has it.
        public List<Long> fileShape(Part part) {
            if (shape.size() == 1) {
                return List.of(part.rows());
            }
            return part.form() == Form.TRANSPOSED
                    ? List.of(shape.get(1), part.rows())
                    : List.of(part.rows(), shape.get(1));
        }
    }

    /// Rows of a parameter that one tensor of a checkpoint holds.
    public record Part(String huggingFaceName, long firstRow, long rows, Form form) {}

    /// How a tensor's values stand in a checkpoint.
    public enum Form {
        /// As here.
        AS_IS,
        /// `[in, out]`, where we have `[out, in]` (GPT-2's Conv1D).
        TRANSPOSED,
        /// Rows `[heads, 3, D]`, where we have `[3, heads, D]` (GPT-NeoX).
        INTERLEAVED_HEADS
    }

    /// The layout of `architecture`.
    public static WeightLayout of(Architecture architecture) {
        List<Weight> forward = new WeightLayoutBuilder(architecture).build();
        List<Weight> ordered =
                new ArrayList<>(forward.stream().filter(Weight::decay).toList());
        ordered.addAll(forward.stream().filter(weight -> !weight.decay()).toList());
        return new WeightLayout(architecture, ordered);
    }

    /// What Hugging Face calls the head's weight, also where it is tied to the embedding and in no
    /// file.
    public String headName() {
        return TensorNames.of(architecture.family()).outside("head").getFirst() + ".weight";
    }

    /// Numbers in the parameters that weight decay applies to, which come first.
    public long decayedSize() {
        return weights.stream().filter(Weight::decay).mapToLong(Weight::size).sum();
    }

    /// Numbers in all parameters.
    public long size() {
        return weights.stream().mapToLong(Weight::size).sum();
    }

    /// Finds this layout's tensors in a checkpoint.
    ///
    /// @param place the checkpoint, for messages
    /// @param shapes name and shape of every tensor in it
    /// @return the checkpoint's name for each [Part#huggingFaceName]; they differ where it leaves
    ///     out a prefix
    /// @throws AlignException.Checkpoint naming all tensors that are missing, of a wrong shape, or
    ///     unknown
    public Map<String, String> match(String place, Map<String, long[]> shapes) {
        TensorNames names = TensorNames.of(architecture.family());
        Problems problems = new Problems();
        Map<String, String> found = new HashMap<>();
        Set<String> unknown = new TreeSet<>(shapes.keySet());
        unknown.removeIf(name -> isBuffer(names, name));
        for (Weight weight : weights) {
            for (Part part : weight.parts()) {
                String name = nameIn(shapes, part.huggingFaceName(), names.optionalPrefix());
                long[] shape = shapes.get(name);
                long[] expected = weight.fileShape(part).stream()
                        .mapToLong(Long::longValue)
                        .toArray();
                if (shape == null) {
                    problems.add("\"" + part.huggingFaceName() + "\" is missing");
                } else if (!Arrays.equals(shape, expected)) {
                    problems.add("\"" + name + "\" has shape " + Arrays.toString(shape) + "; config.json makes it "
                            + Arrays.toString(expected));
                }
                found.put(part.huggingFaceName(), name);
                unknown.remove(name);
            }
        }
        if (architecture.tiedHead() || !architecture.outputs().language()) {
            // some files repeat the embedding; transformers uses the embedding then, too
            names.outside("head").forEach(head -> unknown.remove(head + ".weight"));
        }
        for (String name : unknown) {
            problems.add("\"" + name + "\" is not part of the model that config.json describes");
        }
        problems.throwIfAny(place + ": the tensors don't fit config.json:", AlignException.Checkpoint::new);
        return Map.copyOf(found);
    }

    private static boolean isBuffer(TensorNames names, String name) {
        return names.buffers().stream().anyMatch(name::endsWith);
    }

    private static String nameIn(Map<String, long[]> shapes, String name, String prefix) {
        boolean shortened = !shapes.containsKey(name)
                && name.startsWith(prefix)
                && shapes.containsKey(name.substring(prefix.length()));
        return shortened ? name.substring(prefix.length()) : name;
    }

    /// Every Hugging Face name, of which no two are alike.
    public Set<String> huggingFaceNames() {
        Set<String> names = new HashSet<>();
        weights.forEach(weight -> weight.parts().forEach(part -> names.add(part.huggingFaceName())));
        return names;
    }
}

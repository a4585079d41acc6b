package org.align4j.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;
import org.align4j.model.WeightLayout;
import org.align4j.model.WeightLayout.Weight;
import org.align4j.nn.Norm;

/// Where a GGUF file keeps a decoder's parameters, and what llama.cpp's converter did to them.
///
/// @param layout the parameters
/// @param parts by a parameter's name, the tensors that hold its rows, in order
/// @param headSize features of a head, D
public record GgufLayout(WeightLayout layout, Map<String, List<Part>> parts, int headSize) {
    /// Tensors that are no parameters: the rotation's divisors.
    private static final Set<String> ROTATION =
            Set.of("rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight");

    /// Families whose q and k rows the converter reorders: those that it derives from Llama.
    private static final Set<String> PAIRED = Set.of("llama", "mistral", "mixtral", "smollm3");

    /// Families whose q, k and v stand in one tensor.
    private static final Set<String> FUSED = Set.of("gpt2", "gpt_neox", "phi3");

    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("embed", "token_embd"),
            Map.entry("positions", "position_embd"),
            Map.entry("final_norm", "output_norm"),
            Map.entry("head", "output"),
            Map.entry("attention_norm", "attn_norm"),
            Map.entry("qkv", "attn_q attn_k attn_v"),
            Map.entry("q_norm", "attn_q_norm"),
            Map.entry("k_norm", "attn_k_norm"),
            Map.entry("attention_out", "attn_output"),
            Map.entry("post_attention_norm", "post_attention_norm"),
            Map.entry("mlp_norm", "ffn_norm"),
            Map.entry("gate_up", "ffn_gate ffn_up"),
            Map.entry("up", "ffn_up"),
            Map.entry("down", "ffn_down"),
            Map.entry("post_mlp_norm", "post_ffw_norm"),
            Map.entry("router", "ffn_gate_inp"),
            Map.entry("experts.gate_up", "ffn_gate_exps ffn_up_exps"),
            Map.entry("experts.down", "ffn_down_exps"));

    /// Rows of a parameter that one tensor holds.
    ///
    /// @param tensor the tensor's name
    /// @param shape the whole tensor's shape; of experts `[E, rows, columns]`
    /// @param expert which of the tensor's experts, 0 for other tensors
    /// @param firstRow first of the parameter's rows
    /// @param rows how many
    /// @param form what undoes the converter
    public record Part(String tensor, List<Long> shape, int expert, long firstRow, long rows, Form form) {
        public Part {
            shape = List.copyOf(shape);
        }
    }

    /// How values stand in the file.
    public enum Form {
        /// As here.
        AS_IS,
        /// Rows `[heads, D/2, 2]`, where we have `[heads, 2, D/2]`: the rotation of llama.cpp pairs
        /// neighbours there.
        PAIRED_HEADS,
        /// One more than here (Gemma's norms).
        PLUS_ONE
    }

    /// Where a GGUF file keeps the parameters of `layout`.
    public static GgufLayout of(WeightLayout layout) {
        Map<String, List<Part>> parts = new HashMap<>();
        for (Weight weight : layout.weights()) {
            parts.put(weight.name(), parts(layout, weight));
        }
        return new GgufLayout(layout, Map.copyOf(parts), layout.architecture().headSize());
    }

    private static List<Part> parts(WeightLayout layout, Weight weight) {
        String family = layout.architecture().family();
        String ending = weight.name().endsWith(".bias") ? ".bias" : ".weight";
        // "layers.3.experts.5.down" → block 3, expert 5, "experts.down"
        List<String> words = new ArrayList<>(
                List.of(weight.name().replaceFirst("\\.bias$", "").split("\\.")));
        String block = words.getFirst().equals("layers") ? "blk." + words.get(1) + "." : "";
        if (!block.isEmpty()) {
            words.subList(0, 2).clear();
        }
        boolean mixture = words.getFirst().equals("experts");
        int expert = mixture ? Integer.parseInt(words.remove(1)) : 0;
        List<String> tensors = tensors(family, String.join(".", words));
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < tensors.size(); i++) {
            WeightLayout.Part theirs = weight.parts().get(i);
            List<Long> shape = new ArrayList<>(weight.shape());
            shape.set(0, theirs.rows());
            if (mixture) {
                shape.addFirst(
                        (long) layout.architecture().experts().orElseThrow().count());
            }
            boolean paired = words.getFirst().equals("qkv") && i < 2 && PAIRED.contains(family);
            boolean shifted =
                    weight.name().endsWith("norm") && layout.architecture().norm() == Norm.Kind.RMS_PLUS_ONE;
            Form form = paired ? Form.PAIRED_HEADS : shifted ? Form.PLUS_ONE : Form.AS_IS;
            parts.add(new Part(block + tensors.get(i) + ending, shape, expert, theirs.firstRow(), theirs.rows(), form));
        }
        return parts;
    }

    private static List<String> tensors(String family, String name) {
        if (name.equals("qkv") && FUSED.contains(family)) {
            return List.of("attn_qkv");
        }
        if (name.equals("gate_up") && family.equals("phi3")) {
            return List.of("ffn_up");
        }
        return List.of(NAMES.getOrDefault(name, name).split(" "));
    }

    /// Checks that `file` holds exactly this layout's tensors.
    ///
    /// @param place the file's name, for messages
    /// @throws AlignException.Checkpoint naming all tensors that are missing, of a wrong shape, or
    ///     unknown
    public void match(String place, WeightFile file) {
        Problems problems = new Problems();
        Set<String> unknown = new TreeSet<>(file.names());
        unknown.removeAll(ROTATION);
        for (Weight weight : layout.weights()) {
            for (Part part : partsOf(weight)) {
                long[] expected =
                        part.shape().stream().mapToLong(Long::longValue).toArray();
                if (!file.names().contains(part.tensor())) {
                    problems.add("\"" + part.tensor() + "\" is missing");
                } else if (part.expert() == 0 && !Arrays.equals(file.shape(part.tensor()), expected)) {
                    problems.add("\"" + part.tensor() + "\" has shape " + Arrays.toString(file.shape(part.tensor()))
                            + "; the metadata make it " + Arrays.toString(expected));
                }
                unknown.remove(part.tensor());
            }
        }
        for (String name : unknown) {
            problems.add("\"" + name + "\" is not part of the model that the metadata describe");
        }
        problems.throwIfAny(place + ": the tensors don't fit the metadata:", AlignException.Checkpoint::new);
    }

    /// The tensors that hold `weight`.
    public List<Part> partsOf(Weight weight) {
        List<Part> found = parts.get(weight.name());
        if (found == null) {
            throw new IllegalArgumentException(weight.name() + " is not in this layout");
        }
        return found;
    }

    /// The rows of `weight` as it is used here.
    List<StoredRows> stored(WeightFile file, Weight weight) {
        long width = weight.size() / weight.shape().getFirst();
        return partsOf(weight).stream()
                .map(part -> stored(file, part, weight.shape(), width))
                .toList();
    }

    private StoredRows stored(WeightFile file, Part part, List<Long> whole, long width) {
        List<Long> shape = new ArrayList<>(whole);
        shape.set(0, part.rows());
        // a vector's values may share blocks
        long unit = whole.size() == 1 ? part.rows() : part.form() == Form.PAIRED_HEADS ? headSize : 1;
        return new StoredRows(
                part.firstRow(),
                shape,
                unit,
                (row, rows, floats) -> {
                    file.readFloats(part.tensor(), (part.expert() * part.rows() + row) * width, floats);
                    restore(part.form(), floats, width * Float.BYTES);
                },
                Optional.empty());
    }

    /// Undoes what the converter did to whole rows.
    private void restore(Form form, MemorySegment values, long rowBytes) {
        switch (form) {
            case AS_IS -> {}
            case PAIRED_HEADS -> unpair(values, headSize, rowBytes);
            case PLUS_ONE -> {
                for (long i = 0; i < values.byteSize() / Float.BYTES; i++) {
                    values.setAtIndex(LittleEndian.FLOAT, i, values.getAtIndex(LittleEndian.FLOAT, i) - 1);
                }
            }
        }
    }

    /// Within each head, puts the even rows before the odd ones.
    private static void unpair(MemorySegment values, int headSize, long rowBytes) {
        long headBytes = headSize * rowBytes;
        MemorySegment paired = MemorySegment.ofArray(new byte[Math.toIntExact(headBytes)]);
        for (long head = 0; head < values.byteSize(); head += headBytes) {
            paired.copyFrom(values.asSlice(head, headBytes));
            for (int row = 0; row < headSize; row++) {
                long from = row < headSize / 2 ? 2L * row : 2L * (row - headSize / 2) + 1;
                MemorySegment.copy(paired, from * rowBytes, values, head + row * rowBytes, rowBytes);
            }
        }
    }
}

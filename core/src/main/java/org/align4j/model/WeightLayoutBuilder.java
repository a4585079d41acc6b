package org.align4j.model;

import java.util.ArrayList;
import java.util.List;
import org.align4j.model.Architecture.Layer;
import org.align4j.model.Architecture.NormPlacement;
import org.align4j.model.Architecture.QueryKeyNorm;
import org.align4j.model.WeightLayout.Form;
import org.align4j.model.WeightLayout.Part;
import org.align4j.model.WeightLayout.Weight;
import org.align4j.nn.Norm;

/// Lists a decoder's parameters in the order of its forward pass.
final class WeightLayoutBuilder {
    private final Architecture architecture;
    private final TensorNames names;
    private final List<Weight> weights = new ArrayList<>();

    WeightLayoutBuilder(Architecture architecture) {
        this.architecture = architecture;
        this.names = TensorNames.of(architecture.family());
    }

    List<Weight> build() {
        long hidden = architecture.hiddenSize();
        matrix("embed", names.outside("embed"), List.of((long) architecture.vocabularySize()), hidden, Form.AS_IS);
        if (architecture.learnedPositions()) {
            matrix(
                    "positions",
                    names.outside("positions"),
                    List.of((long) architecture.maxPositions()),
                    hidden,
                    Form.AS_IS);
        }
        for (int i = 0; i < architecture.layers().size(); i++) {
            block(i, architecture.layers().get(i));
        }
        norm("final_norm", names.outside("final_norm"), hidden);
        if (!architecture.tiedHead() && architecture.outputs().language()) {
            matrix("head", names.outside("head"), List.of((long) architecture.vocabularySize()), hidden, Form.AS_IS);
        }
        if (architecture.outputs().scalar()) {
            matrix(WeightLayout.SCORE, List.of(WeightLayout.SCORE), List.of(1L), hidden, Form.AS_IS);
        }
        return weights;
    }

    private void block(int index, Layer layer) {
        NormPlacement placement = architecture.placement();
        boolean before = placement != NormPlacement.AFTER;
        boolean after = placement == NormPlacement.AFTER || placement == NormPlacement.AROUND;
        blockNorm(index, "attention_norm", before);
        attention(index);
        blockNorm(index, "post_attention_norm", after);
        blockNorm(index, "mlp_norm", before);
        if (layer.mixture()) {
            mixture(index, layer);
        } else {
            mlp(index, layer);
        }
        blockNorm(index, "post_mlp_norm", after);
    }

    private void attention(int index) {
        long hidden = architecture.hiddenSize();
        long queries = (long) architecture.heads() * architecture.headSize();
        long keys = (long) architecture.kvHeads() * architecture.headSize();
        Form form = names.interleaved() ? Form.INTERLEAVED_HEADS : form();
        linear(index, "qkv", List.of(queries, keys, keys), hidden, form, architecture.queryKeyValueBias());
        if (architecture.queryKeyNorm() != QueryKeyNorm.NONE) {
            boolean all = architecture.queryKeyNorm() == QueryKeyNorm.ALL_HEADS;
            norm(ours(index, "q_norm"), names.inside(index, "q_norm"), all ? queries : architecture.headSize());
            norm(ours(index, "k_norm"), names.inside(index, "k_norm"), all ? keys : architecture.headSize());
        }
        linear(index, "attention_out", List.of(hidden), queries, form(), architecture.outputBias());
    }

    private void mlp(int index, Layer layer) {
        long hidden = architecture.hiddenSize();
        long width = layer.intermediateSize();
        if (architecture.gatedMlp()) {
            linear(index, "gate_up", List.of(width, width), hidden, form(), architecture.mlpBias());
        } else {
            linear(index, "up", List.of(width), hidden, form(), architecture.mlpBias());
        }
        linear(index, "down", List.of(hidden), width, form(), architecture.mlpBias());
    }

    private void mixture(int index, Layer layer) {
        long hidden = architecture.hiddenSize();
        long width = layer.intermediateSize();
        int experts = architecture.experts().orElseThrow().count();
        linear(index, "router", List.of((long) experts), hidden, Form.AS_IS, false);
        for (int e = 0; e < experts; e++) {
            String prefix = ours(index, "experts." + e + ".");
            List<String> gateUp = names.inExpert(index, e, "gate_up");
            matrix(prefix + "gate_up", gateUp, List.of(width, width), hidden, Form.AS_IS);
            matrix(prefix + "down", names.inExpert(index, e, "down"), List.of(hidden), width, Form.AS_IS);
        }
    }

    private Form form() {
        return names.transposed() ? Form.TRANSPOSED : Form.AS_IS;
    }

    private static String ours(int index, String name) {
        return "layers." + index + "." + name;
    }

    private void blockNorm(int index, String name, boolean present) {
        if (present) {
            norm(ours(index, name), names.inside(index, name), architecture.hiddenSize());
        }
    }

    /// A norm's weight, and its bias if it has one.
    private void norm(String name, List<String> theirs, long size) {
        weights.add(new Weight(name, List.of(size), false, parts(theirs, ".weight", List.of(size), Form.AS_IS)));
        if (architecture.norm() == Norm.Kind.LAYER) {
            weights.add(new Weight(
                    name + ".bias", List.of(size), false, parts(theirs, ".bias", List.of(size), Form.AS_IS)));
        }
    }

    private void linear(int index, String name, List<Long> rows, long columns, Form form, boolean bias) {
        List<String> theirs = names.inside(index, name);
        matrix(ours(index, name), theirs, rows, columns, form);
        if (bias) {
            // a vector has nothing to transpose
            Form biasForm = form == Form.TRANSPOSED ? Form.AS_IS : form;
            weights.add(new Weight(
                    ours(index, name) + ".bias", List.of(sum(rows)), false, parts(theirs, ".bias", rows, biasForm)));
        }
    }

    private void matrix(String name, List<String> theirs, List<Long> rows, long columns, Form form) {
        weights.add(new Weight(name, List.of(sum(rows), columns), true, parts(theirs, ".weight", rows, form)));
    }

    /// One part for each tensor; a single tensor holds the rows of all.
    private static List<Part> parts(List<String> theirs, String ending, List<Long> rows, Form form) {
        if (theirs.isEmpty()) {
            throw new IllegalArgumentException("this family has no such tensors");
        }
        if (theirs.size() == 1) {
            return List.of(new Part(theirs.getFirst() + ending, 0, sum(rows), form));
        }
        List<Part> parts = new ArrayList<>();
        long first = 0;
        for (int i = 0; i < theirs.size(); i++) {
            parts.add(new Part(theirs.get(i) + ending, first, rows.get(i), form));
            first += rows.get(i);
        }
        return parts;
    }

    private static long sum(List<Long> rows) {
        return rows.stream().mapToLong(Long::longValue).sum();
    }
}

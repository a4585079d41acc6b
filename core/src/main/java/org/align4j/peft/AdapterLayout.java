package org.align4j.peft;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.align4j.model.WeightLayout;
import org.align4j.model.WeightLayout.Form;
import org.align4j.model.WeightLayout.Part;
import org.align4j.model.WeightLayout.Weight;
import org.align4j.nn.Parameters;

/// The parameters of an adapter on a model, and where PEFT's tensors are in them. Modules that are
/// one matrix here (`qkv`, `gate_up`) share one stacked A.
///
/// @param specs the parameters: matrices first, which weight decay applies to
/// @param groups the adapted matrices
/// @param saved the parameters of the base that have a trained copy
/// @param places of every tensor of the adapter's file
record AdapterLayout(
        List<Parameters.Spec> specs, List<Group> groups, List<Saved> saved, SequencedMap<AdapterTensor, Place> places) {
    AdapterLayout {
        specs = List.copyOf(specs);
        groups = List.copyOf(groups);
        saved = List.copyOf(saved);
        places = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(places));
    }

    /// An adapted matrix of the base.
    ///
    /// @param weight the base's name of it
    record Group(String weight, List<Slot> slots) {
        /// The parameter that holds every A.
        String down() {
            return weight + ".lora_A";
        }
    }

    /// One module in a [Group].
    ///
    /// @param firstRank first row of its A in the group's
    record Slot(AdapterTarget target, Part part, long firstRank) {
        String up() {
            return target.module() + ".lora_B";
        }

        String magnitude() {
            return target.module() + ".lora_magnitude_vector";
        }
    }

    /// A parameter of the base and its copy, which has the name `copy`.
    ///
    /// @param weight the base's name of it
    /// @param head whether it is the head's, even if the base ties that to the embedding
    record Saved(String weight, String copy, boolean head) {}

    /// Rows of a parameter that a tensor of the file holds.
    record Place(String parameter, long firstRow, long rows, Form form) {}

    /// Lays out an adapter.
    static AdapterLayout of(WeightLayout base, List<AdapterTarget> targets, List<SavedParameter> copies) {
        Builder builder = new Builder();
        SequencedMap<String, AdapterTarget> byTensor = new LinkedHashMap<>();
        targets.forEach(target -> byTensor.put(target.module() + ".weight", target));
        for (Weight weight : base.weights()) {
            builder.group(weight, byTensor);
        }
        copies.forEach(builder::save);
        return builder.build();
    }

    /// Collects parameters, matrices apart from vectors.
    private static final class Builder {
        private final List<Parameters.Spec> matrices = new ArrayList<>();
        private final List<Parameters.Spec> vectors = new ArrayList<>();
        private final List<Group> groups = new ArrayList<>();
        private final List<Saved> saved = new ArrayList<>();
        private final SequencedMap<AdapterTensor, Place> places = new LinkedHashMap<>();

        void group(Weight weight, SequencedMap<String, AdapterTarget> byTensor) {
            List<Slot> slots = new ArrayList<>();
            long ranks = 0;
            for (Part part : weight.parts()) {
                AdapterTarget target = byTensor.get(part.huggingFaceName());
                if (target != null) {
                    slots.add(new Slot(target, part, ranks));
                    ranks += target.rank();
                }
            }
            if (slots.isEmpty()) {
                return;
            }
            Group group = new Group(weight.name(), List.copyOf(slots));
            groups.add(group);
            matrices.add(new Parameters.Spec(
                    group.down(), List.of(ranks, weight.shape().get(1)), true));
            slots.forEach(slot -> add(group, slot));
        }

        private void add(Group group, Slot slot) {
            AdapterTarget target = slot.target();
            String module = target.module();
            long rows = slot.part().rows();
            // A and B are never stored transposed, only in another order of the outputs.
            Form form = slot.part().form() == Form.TRANSPOSED
                    ? Form.AS_IS
                    : slot.part().form();
            matrices.add(new Parameters.Spec(slot.up(), List.of(rows, (long) target.rank()), true));
            places.put(
                    new AdapterTensor.A(module), new Place(group.down(), slot.firstRank(), target.rank(), Form.AS_IS));
            places.put(new AdapterTensor.B(module), new Place(slot.up(), 0, rows, form));
            if (target.dora()) {
                vectors.add(new Parameters.Spec(slot.magnitude(), List.of(rows), false));
                places.put(new AdapterTensor.Magnitude(module), new Place(slot.magnitude(), 0, rows, form));
            }
        }

        void save(SavedParameter copy) {
            Parameters.Spec spec = new Parameters.Spec(
                    copy.name(), copy.weight().shape(), copy.weight().decay());
            (copy.weight().decay() ? matrices : vectors).add(spec);
            saved.add(new Saved(copy.weight().name(), copy.name(), copy.head()));
            places.put(
                    new AdapterTensor.Saved(copy.name()),
                    new Place(copy.name(), 0, copy.weight().shape().getFirst(), copy.form()));
        }

        AdapterLayout build() {
            List<Parameters.Spec> specs = new ArrayList<>(matrices);
            specs.addAll(vectors);
            return new AdapterLayout(specs, groups, saved, places);
        }
    }
}

package org.align4j.peft;

import java.util.ArrayList;
import java.util.List;
import org.align4j.error.Problems;
import org.align4j.model.WeightLayout;
import org.align4j.model.WeightLayout.Form;
import org.align4j.model.WeightLayout.Part;
import org.align4j.model.WeightLayout.Weight;

/// A parameter of the base whose whole copy an adapter trains (`modules_to_save`).
///
/// @param name its Hugging Face name, e.g. `lm_head.weight`
/// @param weight the base's parameter
/// @param form how files have it
/// @param head whether it is the head's weight, even if the base ties that to the embedding
record SavedParameter(String name, Weight weight, Form form, boolean head) {

    /// The parameters that `config` saves, in the model's order; faults go to `problems`.
    static List<SavedParameter> of(AdapterConfig config, WeightLayout base, Problems problems) {
        List<SavedParameter> saved = new ArrayList<>();
        for (String module : config.modulesToSave()) {
            // PEFT lists every name that a classifier's head may have
            boolean otherHead = config.isScoring() && module.equals("classifier");
            if (!otherHead && names(base).stream().noneMatch(parameter -> AdapterConfig.within(module, parameter))) {
                problems.add("modules_to_save: the base has no module \"" + module + "\"");
            }
        }
        for (Weight weight : base.weights()) {
            for (Part part : weight.parts()) {
                String name = part.huggingFaceName();
                if (!config.saves(name)) {
                    continue;
                }
                if (weight.parts().size() > 1) {
                    problems.add("modules_to_save: " + name + " is computed together with other modules here;"
                            + " train it with target_modules instead");
                } else {
                    saved.add(new SavedParameter(name, weight, part.form(), name.equals(base.headName())));
                }
            }
        }
        if (base.architecture().tiedHead() && config.saves(base.headName())) {
            Weight embedding = base.weights().getFirst();
            saved.add(new SavedParameter(base.headName(), embedding, Form.AS_IS, true));
        }
        return saved;
    }

    private static List<String> names(WeightLayout base) {
        List<String> names = new ArrayList<>(base.huggingFaceNames());
        names.add(base.headName());
        return names;
    }
}

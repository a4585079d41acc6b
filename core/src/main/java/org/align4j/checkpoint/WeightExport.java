package org.align4j.checkpoint;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.Function;
import org.align4j.model.CausalLm;
import org.align4j.model.WeightLayout.Part;
import org.align4j.model.WeightLayout.Weight;
import org.align4j.nn.Parameter;
import org.align4j.tensor.Tensor;

/// A model's weights under their names in Hugging Face files.
public final class WeightExport {
    private WeightExport() {}

    /// The most precise copy of every weight, in the file's shape: views where possible.
    public static SequencedMap<String, Tensor> masters(CausalLm model) {
        return export(model, Parameter::master);
    }

    /// The float32 gradient of every weight.
    public static SequencedMap<String, Tensor> gradients(CausalLm model) {
        return export(model, parameter -> parameter.gradient().orElseThrow());
    }

    private static SequencedMap<String, Tensor> export(CausalLm model, Function<Parameter, Tensor> which) {
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        for (Weight weight : model.layout().weights()) {
            Tensor whole = which.apply(model.parameters().get(weight.name()));
            for (Part part : weight.parts()) {
                tensors.put(part.huggingFaceName(), toFile(whole, part, model));
            }
        }
        return tensors;
    }

    /// Rows of one part as the file has them.
    private static Tensor toFile(Tensor whole, Part part, CausalLm model) {
        Tensor rows = WeightLoader.rows(whole, part);
        return FileForm.fromRows(rows, part.form(), model.architecture().heads());
    }
}

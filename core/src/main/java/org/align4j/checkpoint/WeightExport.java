package org.align4j.checkpoint;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.Function;
import org.align4j.model.CausalLm;
import org.align4j.model.WeightLayout.Part;
import org.align4j.model.WeightLayout.Weight;
import org.align4j.nn.Parameter;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;

/// A model's weights under their names in Hugging Face files.
public final class WeightExport {
    private WeightExport() {}

    /// The most precise copy of every weight, in the file's shape: views where possible.
    public static SequencedMap<String, Tensor> masters(CausalLm model) {
        return export(model, Parameter::master);
    }

    /// Every weight as it is to be stored. A tensor is converted when the file has come to it: one
    /// at a time is in memory beside the model.
    ///
    /// @param type of the values in the file: float32, float16 or bfloat16
    public static SequencedMap<String, TensorSource> stored(CausalLm model, DType type) {
        ElementType element = ElementType.of(type);
        SequencedMap<String, TensorSource> tensors = new LinkedHashMap<>();
        for (Weight weight : model.layout().weights()) {
            Tensor whole = model.parameters().get(weight.name()).master();
            for (Part part : weight.parts()) {
                long[] shape = weight.fileShape(part).stream()
                        .mapToLong(Long::longValue)
                        .toArray();
                tensors.put(part.huggingFaceName(), new DeferredTensor(element, shape, sink -> {
                    try (Scope scope = Scope.open()) {
                        sink.write(toFile(whole, part, model)
                                .to(type)
                                .to(Device.CPU)
                                .contiguous()
                                .segment());
                    }
                }));
            }
        }
        return tensors;
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
        Tensor rows = whole.narrow(0, part.firstRow(), part.rows());
        return FileForm.fromRows(rows, part.form(), model.architecture().heads());
    }
}

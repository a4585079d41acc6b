package org.align4j.peft;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.align4j.checkpoint.ElementType;
import org.align4j.checkpoint.FileForm;
import org.align4j.checkpoint.TensorSource;
import org.align4j.nn.Parameters;
import org.align4j.peft.AdapterLayout.Place;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;

/// Moves an adapter's values between its parameters and files.
///
/// @param heads attention heads of the base
record AdapterValues(AdapterLayout layout, Parameters parameters, int heads) {
    /// Fills all parameters.
    void read(AdapterFile file) {
        try (Scope scope = Scope.open()) {
            layout.places().forEach((tensor, place) -> {
                Tensor source = Tensor.empty(DType.FLOAT32, Device.CPU, file.shape(tensor));
                file.readFloats(tensor, source.segment());
                rows(place).copy_(FileForm.toRows(source, place.form(), heads));
            });
        }
        parameters.refresh();
    }

    private Tensor rows(Place place) {
        return parameters.get(place.parameter()).master().narrow(0, place.firstRow(), place.rows());
    }

    /// Float32, views where possible.
    SequencedMap<AdapterTensor, Tensor> tensors() {
        SequencedMap<AdapterTensor, Tensor> tensors = new LinkedHashMap<>();
        layout.places()
                .forEach((tensor, place) -> tensors.put(tensor, FileForm.fromRows(rows(place), place.form(), heads)));
        return tensors;
    }

    void write(Path directory, AdapterConfig config) {
        try (Scope scope = Scope.open()) {
            SequencedMap<AdapterTensor, TensorSource> sources = new LinkedHashMap<>();
            for (Map.Entry<AdapterTensor, Tensor> entry : tensors().entrySet()) {
                Tensor values = entry.getValue().to(Device.CPU).contiguous();
                sources.put(entry.getKey(), TensorSource.ofFloats(ElementType.F32, values.shape(), values::segment));
            }
            AdapterFile.write(directory, config, sources);
        }
    }
}

package org.align4j.checkpoint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.align4j.model.CausalLm;
import org.align4j.model.WeightLayout;
import org.align4j.model.WeightLayout.Form;
import org.align4j.model.WeightLayout.Part;
import org.align4j.model.WeightLayout.Weight;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;

/// Moves weights between files and a model's parameters.
final class WeightLoader {
    /// Float32 values read ahead of what cannot go straight into the parameters, in bytes.
    private static final long AHEAD = 512L << 20;

    private static final String SCORE = WeightLayout.SCORE + ".weight";

    private WeightLoader() {}

    /// Fills every parameter of `model` from a Hugging Face checkpoint.
    ///
    /// @param place of the file, for messages
    /// @param mayLackScore whether a scalar head may be missing; it is zero then
    static void load(CausalLm model, WeightFile file, String place, boolean mayLackScore) {
        Map<String, long[]> shapes = new HashMap<>();
        file.names().forEach(name -> shapes.put(name, file.shape(name)));
        if (mayLackScore && model.architecture().outputs().scalar() && !shapes.containsKey(SCORE)) {
            shapes.put(SCORE, new long[] {1, model.architecture().hiddenSize()});
        }
        Map<String, String> names = model.layout().match(place, shapes);
        load(
                model,
                weight -> weight.parts().stream()
                        .filter(part -> file.names().contains(names.get(part.huggingFaceName())))
                        .map(part -> stored(
                                model, weight, part, file, Objects.requireNonNull(names.get(part.huggingFaceName()))))
                        .toList());
    }

    private static StoredRows stored(CausalLm model, Weight weight, Part part, WeightFile file, String name) {
        List<Long> shape = weight.fileShape(part);
        long width = shape.stream().skip(1).reduce(1L, Math::multiplyExact);
        Optional<UnaryOperator<Tensor>> turn = part.form() == Form.AS_IS
                ? Optional.empty()
                : Optional.of(tensor -> FileForm.toRows(
                        tensor, part.form(), model.architecture().heads()));
        return new StoredRows(
                part.firstRow(), shape, 1, (row, rows, floats) -> file.readFloats(name, row * width, floats), turn);
    }

    /// Fills every parameter of `model`.
    ///
    /// @param source the stored rows that make up a parameter; none: it becomes zero
    static void load(CausalLm model, Function<Weight, List<StoredRows>> source) {
        List<Staged> staged = new ArrayList<>();
        try (RowFiller filler = new RowFiller()) {
            for (Weight weight : model.layout().weights()) {
                Tensor whole = model.parameters().get(weight.name()).master();
                List<StoredRows> stored = source.apply(weight);
                if (stored.isEmpty()) {
                    whole.zero_();
                }
                for (StoredRows rows : stored) {
                    Tensor target = whole.narrow(0, rows.firstRow(), rows.values() / (weight.size() / whole.size(0)));
                    if (rows.turn().isEmpty() && model.device().isCpu()) {
                        filler.add(rows, target);
                    } else {
                        staged.add(new Staged(rows, target));
                    }
                }
            }
            filler.run();
        }
        List<Staged> window = new ArrayList<>();
        long bytes = 0;
        for (Staged each : staged) {
            window.add(each);
            bytes += each.source.values() * Float.BYTES;
            if (bytes > AHEAD) {
                load(window);
                window.clear();
                bytes = 0;
            }
        }
        load(window);
        model.parameters().refresh();
    }

    /// Rows that are read into a tensor of their own first.
    private record Staged(StoredRows source, Tensor target) {}

    private static void load(List<Staged> window) {
        try (Scope scope = Scope.open();
                RowFiller filler = new RowFiller()) {
            List<Tensor> values = new ArrayList<>();
            for (Staged each : window) {
                long[] shape =
                        each.source.shape().stream().mapToLong(Long::longValue).toArray();
                Tensor tensor = Tensor.empty(DType.FLOAT32, Device.CPU, shape);
                filler.add(each.source, tensor);
                values.add(tensor);
            }
            filler.run();
            for (int i = 0; i < values.size(); i++) {
                Tensor tensor = values.get(i);
                Tensor turned = window.get(i)
                        .source
                        .turn()
                        .map(turn -> turn.apply(tensor))
                        .orElse(tensor);
                window.get(i).target.copy_(turned);
            }
        }
    }
}

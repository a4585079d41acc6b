package org.align4j.peft;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.align4j.checkpoint.Safetensors;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;
import org.align4j.peft.BaseShapes.Linear;

/// Compares an adapter's tensors with what its configuration and its base demand.
final class AdapterCheck {
    private AdapterCheck() {}

    /// The file's names of all tensors.
    static SequencedMap<AdapterTensor, String> tensors(
            Path directory, AdapterConfig config, List<AdapterTarget> targets, BaseShapes base, Safetensors file) {
        Problems problems = new Problems();
        SequencedMap<AdapterTensor, List<Long>> expected = expected(targets, base);
        SequencedMap<AdapterTensor, String> names = new LinkedHashMap<>();
        for (String name : file.names()) {
            Optional<AdapterTensor> tensor = AdapterTensor.named(name);
            if (tensor.isEmpty()) {
                continue;
            }
            String earlier = names.putIfAbsent(tensor.get(), name);
            if (earlier != null) {
                problems.add(name + ": means the same as " + earlier + "; save one adapter only");
            }
            check(name, tensor.get(), expected, base, file).ifPresent(problems::add);
        }
        for (AdapterTensor tensor : expected.keySet()) {
            if (!names.containsKey(tensor)) {
                problems.add(tensor.fileName() + ": missing");
            }
        }
        for (String module : config.modulesToSave()) {
            if (names.keySet().stream()
                    .noneMatch(tensor -> tensor instanceof AdapterTensor.Saved(String parameter)
                            && AdapterConfig.within(module, parameter))) {
                problems.add("modules_to_save: the weights of " + module + " are missing");
            }
        }
        problems.throwIfAny(
                "%s: does not fit the base model %s; the adapter was made for %s:"
                        .formatted(directory, base.name(), config.baseModel().orElse("a base it does not name")),
                AlignException.Checkpoint::new);
        return names;
    }

    /// Every tensor that the targets need, with its shape.
    private static SequencedMap<AdapterTensor, List<Long>> expected(List<AdapterTarget> targets, BaseShapes base) {
        SequencedMap<AdapterTensor, List<Long>> expected = new LinkedHashMap<>();
        Map<String, Linear> linears = base.linears();
        for (AdapterTarget target : targets) {
            String module = target.module();
            Linear linear = linears.getOrDefault(module, new Linear(0, 0));
            expected.put(new AdapterTensor.A(module), List.of((long) target.rank(), linear.inputs()));
            expected.put(new AdapterTensor.B(module), List.of(linear.outputs(), (long) target.rank()));
            if (target.dora()) {
                expected.put(new AdapterTensor.Magnitude(module), List.of(linear.outputs()));
            }
        }
        return expected;
    }

    /// What is wrong with one tensor of the file, if anything.
    private static Optional<String> check(
            String name,
            AdapterTensor tensor,
            SequencedMap<AdapterTensor, List<Long>> expected,
            BaseShapes base,
            Safetensors file) {
        List<Long> wanted = tensor instanceof AdapterTensor.Saved(String parameter)
                ? base.parameters().get(parameter)
                : expected.get(tensor);
        if (wanted == null) {
            return Optional.of(name + ": " + unknown(tensor, base));
        }
        List<Long> shape = Arrays.stream(file.shape(name)).boxed().toList();
        return shape.equals(wanted)
                ? Optional.empty()
                : Optional.of("%s: has shape %s, the base and the rank demand %s".formatted(name, shape, wanted));
    }

    private static String unknown(AdapterTensor tensor, BaseShapes base) {
        return switch (tensor) {
            case AdapterTensor.Saved(String parameter) ->
                parameter.contains(".lora_embedding_")
                        ? "adapters on embeddings are not supported; merge it in PEFT"
                        : "the base has no such parameter"
                                + near(parameter, base.parameters().keySet());
            case AdapterTensor.A(String module) -> unmeant(module, base);
            case AdapterTensor.B(String module) -> unmeant(module, base);
            case AdapterTensor.Magnitude(String module) -> unmeant(module, base);
        };
    }

    private static String unmeant(String module, BaseShapes base) {
        return base.linears().containsKey(module)
                ? "the configuration asks for no such tensor (target_modules, use_dora)"
                : "the base has no linear module of that name"
                        + near(module, base.linears().keySet());
    }

    private static String near(String name, Iterable<String> known) {
        return Problems.nearest(name, known)
                .map(near -> " (nearest: " + near + ")")
                .orElse("");
    }
}

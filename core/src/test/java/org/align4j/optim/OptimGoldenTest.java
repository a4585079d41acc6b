package org.align4j.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.align4j.checkpoint.Safetensors;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.Shared;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Optimiser steps and clipping against torch and transformers.
class OptimGoldenTest {
    private static final double ATOL = 1e-5;
    private static final double RTOL = 1e-5;

    @TestFactory
    List<DynamicTest> stepsAreThoseOfTorch() {
        List<DynamicTest> tests = new ArrayList<>();
        if (!Files.exists(Shared.golden("optim/optim.json"))) {
            return tests;
        }
        JsonNode golden = golden();
        for (Map.Entry<String, JsonNode> entry : golden.get("optimisers").properties()) {
            tests.add(Shared.goldenCase("optim", entry.getKey(), () -> checkSteps(entry.getKey(), entry.getValue())));
        }
        for (JsonNode entry : golden.get("clip")) {
            String name = "clip max_norm=%s grad=%s".formatted(entry.get("max_norm"), entry.get("grad"));
            tests.add(Shared.goldenCase("optim", name, () -> checkClip(entry)));
        }
        return tests;
    }

    private static void checkSteps(String name, JsonNode entry) {
        JsonNode defaults = entry.get("defaults");
        OptimizerConfig config = config(entry.get("cls").stringValue(), defaults);
        double learningRate =
                defaults.get("lr").isNull() ? Double.NaN : defaults.get("lr").doubleValue();
        try (Safetensors file = Safetensors.open(tensors());
                Scope scope = Scope.open()) {
            Buffers buffers = new Buffers(file, defaults.get("weight_decay").doubleValue());
            Map<Integer, Map<String, String>> expected = new TreeMap<>();
            for (String key : file.names()) {
                if (key.startsWith(name + ".step")) {
                    String[] parts = key.substring((name + ".step").length()).split("\\.", 2);
                    expected.computeIfAbsent(Integer.valueOf(parts[0]), step -> new HashMap<>())
                            .put(parts[1], key);
                }
            }
            assertThat(expected).isNotEmpty();
            int last = ((TreeMap<Integer, Map<String, String>>) expected).lastKey();
            try (Optimizer optimizer = config.over(List.of(buffers.group))) {
                for (int step = 1; step <= last; step++) {
                    buffers.readGradient(step - 1);
                    optimizer.step(learningRate, 1);
                    for (Map.Entry<String, String> tensor :
                            expected.getOrDefault(step, Map.of()).entrySet()) {
                        assertClose(tensor.getValue(), buffers.master(tensor.getKey()), read(file, tensor.getValue()));
                    }
                }
            }
        }
    }

    private static void checkClip(JsonNode entry) {
        int gradient = entry.get("grad").intValue();
        try (Safetensors file = Safetensors.open(tensors());
                Scope scope = Scope.open()) {
            Buffers buffers = new Buffers(file, 0);
            buffers.readGradient(gradient);
            double norm = Gradients.norm(List.of(buffers.group));
            double expected = entry.get("total_norm").doubleValue();
            assertThat(norm).isCloseTo(expected, within(ATOL + RTOL * expected));
            double maxNorm = entry.get("max_norm").doubleValue();
            Gradients.scale(List.of(buffers.group), Gradients.clipFactor(norm, maxNorm));
            for (ParameterGroup.Part part : buffers.group.parts()) {
                String key = "clip.%s.%02d.%s".formatted(entry.get("max_norm"), gradient, part.name());
                assertClose(key, Buffers.values(buffers.group.gradient(), part), read(file, key));
            }
        }
    }

    /// The parameters of the golden file in one flat buffer.
    private static final class Buffers {
        final Safetensors file;
        final ParameterGroup group;

        Buffers(Safetensors file, double weightDecay) {
            this.file = file;
            List<ParameterGroup.Part> parts = new ArrayList<>();
            long offset = 0;
            for (JsonNode name : golden().get("parameters")) {
                List<Long> shape = new ArrayList<>();
                for (long size : file.shape("in." + name.stringValue())) {
                    shape.add(size);
                }
                ParameterGroup.Part part = new ParameterGroup.Part(name.stringValue(), offset, shape);
                parts.add(part);
                // A gap, as alignment leaves one.
                offset += part.count() + 3;
            }
            group = new ParameterGroup(
                    "all",
                    Tensor.zeros(DType.FLOAT32, Shared.device(), offset),
                    Tensor.zeros(DType.FLOAT32, Shared.device(), offset),
                    weightDecay,
                    parts);
            fill(group.master(), "in.");
        }

        void readGradient(int step) {
            fill(group.gradient(), "grad.%02d.".formatted(step));
        }

        float[] master(String name) {
            return values(
                    group.master(),
                    group.parts().stream()
                            .filter(part -> part.name().equals(name))
                            .findFirst()
                            .orElseThrow());
        }

        static float[] values(Tensor flat, ParameterGroup.Part part) {
            return flat.narrow(0, part.offset(), part.count()).toFloats();
        }

        private void fill(Tensor flat, String prefix) {
            for (ParameterGroup.Part part : group.parts()) {
                flat.narrow(0, part.offset(), part.count()).copy_(Shared.tensor(read(file, prefix + part.name())));
            }
        }
    }

    private static OptimizerConfig config(String type, JsonNode given) {
        assertThat(given.path("maximize").booleanValue(false)).isFalse();
        return switch (type.substring(type.lastIndexOf('.') + 1)) {
            case "AdamW" -> new OptimizerConfig.AdamW(adam(given));
            case "Adam" ->
                given.path("decoupled_weight_decay").booleanValue(false)
                        ? new OptimizerConfig.AdamW(adam(given))
                        : new OptimizerConfig.Adam(adam(given));
            case "SGD" ->
                OptimizerConfig.named(
                        "sgd",
                        Map.of(
                                "momentum", given.get("momentum").numberValue(),
                                "dampening", given.get("dampening").numberValue(),
                                "nesterov", given.get("nesterov").booleanValue()));
            case "RMSprop" ->
                OptimizerConfig.named(
                        "rmsprop",
                        Map.of(
                                "alpha", given.get("alpha").numberValue(),
                                "epsilon", given.get("eps").numberValue(),
                                "momentum", given.get("momentum").numberValue(),
                                "centered", given.get("centered").booleanValue()));
            case "Adafactor" -> {
                Map<String, Object> options = new HashMap<>(Map.of(
                        "epsilon_square", given.get("eps").get(0).numberValue(),
                        "epsilon_scale", given.get("eps").get(1).numberValue(),
                        "clip_threshold", given.get("clip_threshold").numberValue(),
                        "decay_rate", given.get("decay_rate").numberValue(),
                        "scale_parameter", given.get("scale_parameter").booleanValue(),
                        "relative_step", given.get("relative_step").booleanValue(),
                        "warmup_init", given.get("warmup_init").booleanValue()));
                if (!given.get("beta1").isNull()) {
                    options.put("beta1", given.get("beta1").numberValue());
                }
                yield OptimizerConfig.named("adafactor", options);
            }
            default -> throw new AssertionError("no optimiser for " + type);
        };
    }

    private static OptimizerConfig.AdamSettings adam(JsonNode given) {
        return new OptimizerConfig.AdamSettings(
                given.get("betas").get(0).doubleValue(),
                given.get("betas").get(1).doubleValue(),
                given.get("eps").doubleValue(),
                given.get("amsgrad").booleanValue());
    }

    private static void assertClose(String what, float[] actual, float[] expected) {
        assertThat(actual).as(what).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i])
                    .as("%s[%d]", what, i)
                    .isCloseTo(expected[i], within(ATOL + RTOL * Math.abs(expected[i])));
        }
    }

    private static float[] read(Safetensors file, String name) {
        try (Scope scope = Scope.open()) {
            Tensor values = Tensor.empty(DType.FLOAT32, Device.CPU, file.valueCount(name));
            file.readFloats(name, values.segment());
            return values.toFloats();
        }
    }

    private static Path tensors() {
        return Shared.golden("optim/optim.safetensors");
    }

    private static JsonNode golden() {
        return JsonMapper.shared().readTree(Shared.golden("optim/optim.json").toFile());
    }
}

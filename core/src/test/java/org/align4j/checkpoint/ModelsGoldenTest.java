package org.align4j.checkpoint;

import static org.align4j.testing.Shared.goldenCase;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.align4j.data.PackedBatch;
import org.align4j.loss.LoadBalancing;
import org.align4j.model.Architecture;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.Shared;
import org.align4j.testing.TensorFile;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// Every checkpoint of the golden models: logits, hidden states and gradients as transformers computes them.
class ModelsGoldenTest {
    @TestFactory
    List<DynamicTest> logitsAndHiddenStates() {
        return cases("logits", this::checkLogits);
    }

    @TestFactory
    List<DynamicTest> gradients() {
        return cases("gradients", folder -> checkGradients(folder, Recording.KEEP));
    }

    @TestFactory
    List<DynamicTest> recomputedGradients() {
        return cases("gradients recomputed", folder -> checkGradients(folder, Recording.RECOMPUTE));
    }

    private interface Check {
        void of(Path folder);
    }

    private static List<DynamicTest> cases(String what, Check check) {
        return Shared.goldenFolders("models", "cases.safetensors").stream()
                .map(folder -> goldenCase("models", folder.getFileName() + " " + what, () -> check.of(folder)))
                .toList();
    }

    private void checkLogits(Path folder) {
        try (Scope scope = Scope.open();
                TensorFile cases = new TensorFile(folder.resolve("cases.safetensors"))) {
            CausalLm model =
                    HfModel.load(folder, DType.FLOAT32, Device.CPU, false).model();
            List<int[]> sequences = sequences(cases, "right");
            float[] hidden = rows(cases, "right", "right.hidden");
            float[] logits = rows(cases, "right", "right.logits");
            Tensor computed = model.hidden(PackedBatch.allTrained(sequences));
            assertClose(computed.toFloats(), hidden, 1e-4, 1e-4);
            assertClose(model.logits(computed).toFloats(), logits, 1e-4, 1e-4);
        }
    }

    private void checkGradients(Path folder, Recording recording) {
        JsonNode golden = Shared.json(folder.resolve("grads.json"));
        try (Scope scope = Scope.open();
                TensorFile cases = new TensorFile(folder.resolve("cases.safetensors"))) {
            CausalLm model =
                    HfModel.load(folder, DType.FLOAT32, Device.CPU, true).model();
            PackedBatch batch =
                    PackedBatch.allTrained(sequences(cases, golden.get("batch").asString()));
            model.parameters().startWindow();
            try (Tape tape = model.forward(batch, Wanted.logps(), recording)) {
                Tensor loss = tape.logps().mean().neg();
                Architecture architecture = model.architecture();
                if (architecture.experts().isPresent()) {
                    loss = loss.add(LoadBalancing.of(
                                    tape.routerScores(),
                                    architecture.experts().get().perToken())
                            .mul(architecture.experts().get().auxiliaryLoss()));
                }
                assertThat(loss.item()).isCloseTo(golden.get("loss").asDouble(), within(1e-4));
                loss.backward();
                tape.backward();
            }
            model.parameters().finishWindow();
            Map<String, Tensor> gradients = WeightExport.gradients(model);
            golden.get("grad_norm").properties().forEach(entry -> {
                double norm = gradients.get(entry.getKey()).reshape(-1).norm2().item();
                double expected = entry.getValue().asDouble();
                assertThat(norm).as(entry.getKey()).isCloseTo(expected, within(1e-4 + 1e-3 * Math.abs(expected)));
            });
            assertThat(gradients.keySet())
                    .containsExactlyInAnyOrderElementsOf(golden.get("grad_norm").propertyNames());
        }
    }

    private static org.assertj.core.data.Offset<Double> within(double offset) {
        return org.assertj.core.data.Offset.offset(offset);
    }

    /// The real tokens of each row of the padded case `name`.
    private static List<int[]> sequences(TensorFile cases, String name) {
        long[] shape = cases.shape(name + ".input_ids");
        long[] ids = cases.longs(name + ".input_ids");
        long[] mask = cases.longs(name + ".attention_mask");
        List<int[]> sequences = new ArrayList<>();
        for (int b = 0; b < shape[0]; b++) {
            int row = b;
            sequences.add(java.util.stream.IntStream.range(0, (int) shape[1])
                    .map(t -> (int) (row * shape[1] + t))
                    .filter(i -> mask[i] == 1)
                    .map(i -> (int) ids[i])
                    .toArray());
        }
        return sequences;
    }

    /// Values `[B, T, …]` at the real tokens of case `name`.
    private static float[] rows(TensorFile cases, String name, String tensor) {
        long[] mask = cases.longs(name + ".attention_mask");
        float[] all = cases.floats(tensor);
        int width = all.length / mask.length;
        int count = (int) java.util.Arrays.stream(mask).sum();
        float[] result = new float[count * width];
        int at = 0;
        for (int i = 0; i < mask.length; i++) {
            if (mask[i] == 1) {
                System.arraycopy(all, i * width, result, at, width);
                at += width;
            }
        }
        return result;
    }

    private static void assertClose(float[] computed, float[] expected, double absolute, double relative) {
        assertThat(computed).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) computed[i])
                    .as("value " + i)
                    .isCloseTo(expected[i], within(absolute + relative * Math.abs(expected[i])));
        }
    }
}

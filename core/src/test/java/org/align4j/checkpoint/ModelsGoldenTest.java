package org.align4j.checkpoint;

import static org.align4j.checkpoint.GoldenBatch.assertClose;
import static org.align4j.testing.Shared.goldenCase;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.align4j.data.PackedBatch;
import org.align4j.loss.LoadBalancing;
import org.align4j.model.Architecture;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.HfConfig;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.tensor.DType;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.Shared;
import org.align4j.testing.TensorFile;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// Every checkpoint of the golden models: logits, hidden states and gradients as transformers
/// computes them.
class ModelsGoldenTest {
    @TestFactory
    List<DynamicTest> logitsAndHiddenStates() {
        return cases("logits", this::checkLogits);
    }

    @TestFactory
    List<DynamicTest> logitsOfLeftPaddedBatches() {
        return cases("left", this::checkLeft);
    }

    @TestFactory
    List<DynamicTest> logitsByNewerConfigurations() {
        return cases("config_v5 logits", "config_v5.json", this::checkNewerConfiguration);
    }

    @TestFactory
    List<DynamicTest> halfPrecisionLogits() {
        return Shared.goldenFolders("models", "cases.safetensors").stream()
                .flatMap(folder -> halfPrecision(folder).stream()
                        .map(tensor -> goldenCase(
                                "models",
                                folder.getFileName() + " " + tensor,
                                () -> checkHalfPrecision(folder, tensor))))
                .toList();
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
        return cases(what, "cases.safetensors", check);
    }

    private static List<DynamicTest> cases(String what, String marker, Check check) {
        return Shared.goldenFolders("models", marker).stream()
                .map(folder -> goldenCase("models", folder.getFileName() + " " + what, () -> check.of(folder)))
                .toList();
    }

    private void checkLogits(Path folder) {
        try (Scope scope = Scope.open();
                TensorFile cases = new TensorFile(folder.resolve("cases.safetensors"))) {
            CausalLm model =
                    HfModel.load(folder, DType.FLOAT32, Shared.device(), false).model();
            GoldenBatch golden = GoldenBatch.of(cases, "right");
            Tensor hidden = model.hidden(golden.batch());
            assertClose(hidden.toFloats(), golden.rows(cases, "right.hidden"), 1e-4, 1e-4);
            assertClose(model.logits(hidden).toFloats(), golden.rows(cases, "right.logits"), 1e-4, 1e-4);
        }
    }

    private void checkLeft(Path folder) {
        try (Scope scope = Scope.open();
                TensorFile cases = new TensorFile(folder.resolve("cases.safetensors"))) {
            CausalLm model =
                    HfModel.load(folder, DType.FLOAT32, Shared.device(), false).model();
            for (boolean padsCount : List.of(false, true)) {
                GoldenBatch golden = GoldenBatch.of(cases, "left", padsCount);
                String tensor = padsCount ? "left_arange.logits" : "left.logits";
                float[] logits = model.logits(model.hidden(golden.batch())).toFloats();
                assertClose(logits, golden.rows(cases, tensor), 1e-4, 1e-4);
            }
        }
    }

    private void checkNewerConfiguration(Path folder) {
        try (Scope scope = Scope.open();
                TensorFile cases = new TensorFile(folder.resolve("cases.safetensors"));
                WeightFile weights = WeightFile.open(folder)) {
            Architecture architecture =
                    HfConfig.read(folder.resolve("config_v5.json")).architecture();
            CausalLm model = new CausalLm(architecture, DType.FLOAT32, Shared.device(), false);
            WeightLoader.load(model, weights, folder.toString(), false);
            GoldenBatch golden = GoldenBatch.of(cases, "right");
            float[] logits = model.logits(model.hidden(golden.batch())).toFloats();
            assertClose(logits, golden.rows(cases, "right.logits"), 1e-4, 1e-4);
        }
    }

    private static List<String> halfPrecision(Path folder) {
        try (TensorFile cases = new TensorFile(folder.resolve("cases.safetensors"))) {
            return cases.names().stream()
                    .filter(name -> name.startsWith("bf16.") && name.endsWith(".logits"))
                    .sorted()
                    .toList();
        }
    }

    /// @param tensor such as `bf16.left_arange.logits`
    private void checkHalfPrecision(Path folder, String tensor) {
        String[] words = tensor.split("\\.")[1].split("_");
        try (Scope scope = Scope.open();
                TensorFile cases = new TensorFile(folder.resolve("cases.safetensors"))) {
            CausalLm model =
                    HfModel.load(folder, DType.BFLOAT16, Shared.device(), false).model();
            GoldenBatch golden = GoldenBatch.of(cases, words[0], words.length > 1);
            float[] logits = model.logits(model.hidden(golden.batch())).toFloats();
            assertClose(logits, golden.rows(cases, tensor), 0.1, 0.05);
        }
    }

    private void checkGradients(Path folder, Recording recording) {
        JsonNode golden = Shared.json(folder.resolve("grads.json"));
        try (Scope scope = Scope.open();
                TensorFile cases = new TensorFile(folder.resolve("cases.safetensors"))) {
            CausalLm model =
                    HfModel.load(folder, DType.FLOAT32, Shared.device(), true).model();
            PackedBatch batch =
                    GoldenBatch.of(cases, golden.get("batch").asString()).batch();
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
}

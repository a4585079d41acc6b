package org.align4j.peft;

import static org.align4j.testing.Shared.goldenCase;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.align4j.checkpoint.HfModel;
import org.align4j.checkpoint.WeightExport;
import org.align4j.data.PackedBatch;
import org.align4j.model.CausalLm;
import org.align4j.tensor.DType;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.Shared;
import org.align4j.testing.TensorFile;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// PEFT's adapters on their base: logits beside it and folded into it, and the folded weights.
class LoraGoldenTest {
    private static final double ABSOLUTE = 2e-4;
    private static final double RELATIVE = 1e-4;

    @TestFactory
    List<DynamicTest> adaptersActAndFoldAsInPeft() {
        return Shared.goldenFolders("lora", "cases.safetensors").stream()
                .map(folder -> goldenCase("lora", folder.getFileName().toString(), () -> check(folder)))
                .toList();
    }

    private static void check(Path folder) {
        String base =
                Shared.json(Shared.golden("lora/info.json")).get("base_model").asString();
        try (Scope scope = Scope.open();
                TensorFile cases = new TensorFile(folder.resolve("cases.safetensors"))) {
            CausalLm model = HfModel.load(Shared.golden(base), DType.FLOAT32, Shared.device(), false)
                    .model();
            AttachedAdapter adapter = AttachedAdapter.load(model, base, folder, false);
            checkLogits(model, cases, "logits_adapter");
            adapter.merge();
            checkLogits(model, cases, "logits_merged");
            for (String name : cases.names()) {
                if (name.startsWith("merged.")) {
                    Tensor weight = WeightExport.masters(model).get(name.substring("merged.".length()));
                    assertClose(name, weight.toFloats(), cases.floats(name));
                }
            }
        }
    }

    private static void checkLogits(CausalLm model, TensorFile cases, String name) {
        long[] shape = cases.shape("input_ids");
        int[] ids = cases.ints("input_ids");
        int[] mask = cases.ints("attention_mask");
        List<int[]> sequences = new ArrayList<>();
        List<Integer> rows = new ArrayList<>();
        for (int start = 0; start < ids.length; start += (int) shape[1]) {
            int[] real = IntStream.range(start, start + (int) shape[1])
                    .filter(i -> mask[i] == 1)
                    .toArray();
            sequences.add(Arrays.stream(real).map(i -> ids[i]).toArray());
            Arrays.stream(real).forEach(rows::add);
        }
        float[] all = cases.floats(name);
        int width = all.length / ids.length;
        float[] expected = new float[rows.size() * width];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(all, rows.get(i) * width, expected, i * width, width);
        }
        Tensor logits = model.logits(model.hidden(PackedBatch.allTrained(sequences)));
        assertClose(name, logits.toFloats(), expected);
    }

    private static void assertClose(String name, float[] computed, float[] expected) {
        assertThat(computed).as(name).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) computed[i])
                    .as(name + " " + i)
                    .isCloseTo(expected[i], offset(ABSOLUTE + RELATIVE * Math.abs(expected[i])));
        }
    }
}

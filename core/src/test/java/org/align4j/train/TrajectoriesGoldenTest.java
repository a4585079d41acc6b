package org.align4j.train;

import static org.align4j.testing.Shared.goldenCase;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.align4j.checkpoint.HfModel;
import org.align4j.checkpoint.WeightExport;
import org.align4j.data.PackedBatch;
import org.align4j.loss.TokenLoss;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.nn.Parameters;
import org.align4j.peft.AttachedAdapter;
import org.align4j.tensor.DType;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.Shared;
import org.align4j.testing.TensorFile;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Twelve optimiser steps of transformers' trainers, replayed: losses, gradient norms and weights.
class TrajectoriesGoldenTest {
    @TestFactory
    List<DynamicTest> supervisedFineTuning() {
        Predicate<Path> full = folder -> folder.getFileName().toString().startsWith("sft") && !hasAdapter(folder);
        return Shared.goldenFolders("trajectories", "run.json").stream()
                .filter(full)
                .map(folder -> goldenCase("trajectories", folder.getFileName().toString(), () -> replay(folder)))
                .toList();
    }

    @TestFactory
    List<DynamicTest> supervisedFineTuningOfAdapters(@TempDir Path copies) {
        return Shared.goldenFolders("trajectories", "adapter_config.json").stream()
                .map(folder -> goldenCase(
                        "trajectories",
                        folder.getFileName().toString(),
                        () -> replayAdapter(folder, copies.resolve(folder.getFileName()))))
                .toList();
    }

    private static boolean hasAdapter(Path folder) {
        return folder.resolve("adapter_config.json").toFile().exists();
    }

    private static void replay(Path folder) {
        JsonNode run = Shared.json(folder.resolve("run.json"));
        Path base = Shared.golden(run.get("base_model").asString());
        try (Scope scope = Scope.open();
                TensorFile batches = new TensorFile(folder.resolve("batches.safetensors"));
                TensorFile wanted = new TensorFile(folder.resolve("final.safetensors"))) {
            CausalLm model =
                    HfModel.load(base, DType.FLOAT32, Shared.device(), true).model();
            replaySteps(model, model.parameters(), batches, run);
            Trajectories.assertClose(WeightExport.masters(model), wanted);
        }
    }

    /// @param copy where the first values get the name that PEFT gives them
    private static void replayAdapter(Path folder, Path copy) throws IOException {
        Files.createDirectory(copy);
        Files.copy(folder.resolve("adapter_config.json"), copy.resolve("adapter_config.json"));
        Files.copy(folder.resolve("init.safetensors"), copy.resolve("adapter_model.safetensors"));
        JsonNode run = Shared.json(folder.resolve("run.json"));
        String base = run.get("base_model").asString();
        try (Scope scope = Scope.open();
                TensorFile batches = new TensorFile(folder.resolve("batches.safetensors"));
                TensorFile wanted = new TensorFile(folder.resolve("final.safetensors"))) {
            CausalLm model = HfModel.load(Shared.golden(base), DType.FLOAT32, Shared.device(), false)
                    .model();
            AttachedAdapter adapter = AttachedAdapter.load(model, base, copy, true);
            replaySteps(model, adapter.parameters(), batches, run);
            Map<String, Tensor> weights = new HashMap<>();
            adapter.tensors().forEach((tensor, values) -> weights.put(tensor.fileName(), values));
            Trajectories.assertClose(weights, wanted);
        }
    }

    private static void replaySteps(CausalLm model, Parameters trained, TensorFile batches, JsonNode run) {
        try (Optimization optimization = Trajectories.optimization(trained, run.get("config"))) {
            for (JsonNode step : run.get("steps")) {
                replayStep(model, optimization, batches, run, step);
            }
        }
    }

    private static void replayStep(
            CausalLm model, Optimization optimization, TensorFile batches, JsonNode run, JsonNode step) {
        int number = step.get("step").asInt();
        List<PackedBatch> window = new ArrayList<>();
        for (int i = 0; i < run.get("micro_batches_per_step").asInt(); i++) {
            window.add(batch(batches, "%02d.%d.".formatted(number, i)));
        }
        long trained = window.stream().mapToLong(PackedBatch::trainedTokens).sum();
        double loss = 0;
        optimization.startWindow();
        for (PackedBatch batch : window) {
            try (Scope scope = Scope.open();
                    Tape tape = model.forward(batch, Wanted.logps(), Recording.KEEP)) {
                Tensor part = TokenLoss.negativeLogLikelihood(tape.logps(), trained);
                loss += part.item();
                part.backward();
                tape.backward();
            }
        }
        Optimization.Outcome outcome = optimization.step(number - 1);
        Trajectories.assertStep(step, loss, outcome);
    }

    /// Real tokens of the padded or packed batch; -100 labels are not trained.
    static PackedBatch batch(TensorFile file, String prefix) {
        long[] shape = file.shape(prefix + "input_ids");
        int[] ids = file.ints(prefix + "input_ids");
        int[] labels = file.ints(prefix + "labels");
        boolean packed = file.has(prefix + "position_ids");
        int[] starts = packed ? file.ints(prefix + "position_ids") : file.ints(prefix + "attention_mask");
        List<List<Integer>> rows = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            if (packed ? starts[i] == 0 : i % shape[1] == 0) {
                rows.add(new ArrayList<>());
            }
            if (packed || starts[i] == 1) {
                rows.getLast().add(i);
            }
        }
        List<int[]> sequences = new ArrayList<>();
        List<boolean[]> masks = new ArrayList<>();
        for (List<Integer> row : rows) {
            sequences.add(row.stream().mapToInt(i -> ids[i]).toArray());
            boolean[] mask = new boolean[row.size()];
            for (int t = 1; t < mask.length; t++) {
                mask[t] = labels[row.get(t)] != -100;
            }
            masks.add(mask);
        }
        return PackedBatch.of(sequences, masks);
    }
}

package org.align4j.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.align4j.checkpoint.ElementType;
import org.align4j.checkpoint.HfModel;
import org.align4j.checkpoint.SafetensorsWriter;
import org.align4j.checkpoint.TensorSource;
import org.align4j.data.PackedBatch;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Heads;
import org.align4j.model.HfConfig;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.Shared;
import org.align4j.tokenizer.Tokenizer;
import org.junit.jupiter.api.Test;

/// Writes adapters and whole models, with the logits that they give here, for `tools/check_peft.py`
/// and `tools/check_transformers.py`. Runs with `-Dalign4j.export=DIR` only.
class ExportForPeersTest {
    private static final int[] TOKENS = {5, 9, 17, 33, 65, 2, 7, 88, 120, 41};

    @Test
    void writesAdaptersAndModelsForPeers() throws IOException {
        String target = System.getProperty("align4j.export", "");
        assumeTrue(!target.isEmpty(), "writes files only where -Dalign4j.export=DIR says");
        for (Path base : Shared.goldenFolders("models", "config.json")) {
            for (boolean dora : new boolean[] {false, true}) {
                Path folder = Path.of(target, base.getFileName() + (dora ? "-dora" : "-lora"));
                Files.createDirectories(folder);
                export(base, folder, dora);
                assertThat(folder.resolve("adapter/adapter_model.safetensors")).exists();
            }
        }
    }

    private static void export(Path base, Path folder, boolean dora) throws IOException {
        Files.writeString(
                folder.resolve("base.txt"), base.toAbsolutePath().normalize().toString());
        try (Scope scope = Scope.open();
                Tokenizer tokenizer = Tokenizer.load(Shared.data("tokenizers/smollm2"))) {
            HfModel loaded = HfModel.load(base, DType.FLOAT32, Device.CPU, false);
            CausalLm model = loaded.model();
            AttachedAdapter adapter = AttachedAdapter.create(model, base.toString(), config(model, base, dora), 3);
            Magnitudes.stretch(adapter);
            adapter.save(folder.resolve("adapter"));
            Tensor logits = logits(model);
            adapter.merge();
            loaded.save(folder.resolve("merged"), tokenizer, DType.FLOAT32);
            SequencedMap<String, TensorSource> tensors = new LinkedHashMap<>();
            tensors.put("logits", source(logits));
            tensors.put("logits_merged", source(logits(model)));
            tensors.put("input_ids", source(Tensor.of(TOKENS).to(DType.FLOAT32)));
            SafetensorsWriter.write(folder.resolve("logits.safetensors"), tensors, Map.of());
        }
    }

    @Test
    void writesRewardModelsForPeers() throws IOException {
        String target = System.getProperty("align4j.export", "");
        assumeTrue(!target.isEmpty(), "writes files only where -Dalign4j.export=DIR says");
        for (Path base : Shared.goldenFolders("models", "config.json")) {
            Path folder = Path.of(target, "reward", base.getFileName().toString());
            Files.createDirectories(folder);
            exportReward(base, folder);
            assertThat(folder.resolve("model/config.json")).content().contains("ForSequenceClassification");
        }
    }

    private static void exportReward(Path base, Path folder) throws IOException {
        try (Scope scope = Scope.open();
                Tokenizer tokenizer = Tokenizer.load(Shared.data("tokenizers/smollm2"))) {
            HfModel loaded = HfModel.load(base, DType.FLOAT32, Device.CPU, false, Heads.SCALAR);
            CausalLm model = loaded.model();
            model.initialiseScore(3);
            new HfModel(model, HfConfig.scoring(loaded.config(), 0))
                    .save(folder.resolve("model"), tokenizer, DType.FLOAT32);
            HfModel again = HfModel.load(folder.resolve("model"), DType.FLOAT32, Device.CPU, false);
            PackedBatch batch = PackedBatch.allTrained(List.of(TOKENS));
            try (Tape tape = again.model().forward(batch, Wanted.scores(batch.ends()), Recording.NONE)) {
                SequencedMap<String, TensorSource> tensors = new LinkedHashMap<>();
                tensors.put("score", source(tape.scores()));
                tensors.put("input_ids", source(Tensor.of(TOKENS).to(DType.FLOAT32)));
                SafetensorsWriter.write(folder.resolve("score.safetensors"), tensors, Map.of());
            }
        }
    }

    private static Tensor logits(CausalLm model) {
        return model.logits(model.hidden(PackedBatch.allTrained(List.of(TOKENS))));
    }

    private static TensorSource source(Tensor tensor) {
        return TensorSource.ofFloats(ElementType.F32, tensor.shape(), tensor::segment);
    }

    /// Random first values on every linear module that is one in transformers, too: its mixtures
    /// have none.
    private static AdapterConfig config(CausalLm model, Path base, boolean dora) {
        boolean mixture = model.architecture().experts().isPresent();
        List<String> attention = List.of("q_proj", "k_proj", "v_proj", "o_proj");
        List<String> modules =
                new ArrayList<>(BaseShapes.of("base", model.layout()).linears().keySet());
        modules.remove(model.layout().headName().replace(".weight", ""));
        return new AdapterConfig(
                Optional.of(base.toString()),
                3,
                1.5,
                dora ? 0 : 0.05,
                new ModuleSelection.Named(mixture ? attention : modules),
                Optional.empty(),
                false,
                dora,
                new LinkedHashMap<>(),
                new LinkedHashMap<>(),
                Optional.empty(),
                List.of(),
                List.of(),
                false,
                AdapterConfig.Initialisation.RANDOM,
                Optional.of("CAUSAL_LM"),
                new LinkedHashMap<>());
    }
}

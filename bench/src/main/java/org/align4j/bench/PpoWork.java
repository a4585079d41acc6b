package org.align4j.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.align4j.checkpoint.HfModel;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.config.Configuration;
import org.align4j.model.Heads;
import org.align4j.model.HfConfig;
import org.align4j.rl.PadToken;
import org.align4j.run.Metrics;
import org.align4j.tensor.DType;
import org.align4j.tensor.Scope;
import org.align4j.train.policy.PpoConfig;
import org.align4j.train.policy.PpoTrainer;

/// PPO on GSM8K's questions: 16 prompts an iteration, one answer of at most 64 tokens each at
/// temperature 0.7, 4 epochs of one update, 3 iterations, a live reference and a reward model whose
/// head is random. Either four models, all weights of two of them trained, or one backbone that
/// policy, value head and reference share through an adapter, beside the reward model.
final class PpoWork {
    private static final int ITERATIONS = 3;
    private static final int EPOCHS = 4;

    private PpoWork() {}

    static Map<String, Object> run(Path modelFolder, Path data, DType precision, boolean lean, boolean shared) {
        return result(StepTimes.of(
                folder -> {
                    Path scorer = scorer(modelFolder, folder.resolveSibling("scorer"), precision);
                    List<String> settings = new ArrayList<>(List.of(
                            "model=" + modelFolder,
                            "output=" + folder,
                            "data.train=[" + data.resolve("instruction/gsm8k/train.jsonl") + "]",
                            "data.columns={prompt: question}",
                            "data.limit=16",
                            "data.shuffle=false",
                            "rewards=[{type: model, model: " + scorer + "}]",
                            "rollout.prompts=16",
                            "rollout.max_new_tokens=64",
                            "rollout.temperature=0.7",
                            "epochs=" + EPOCHS,
                            "iterations=" + ITERATIONS,
                            "schedule=linear",
                            "device=" + Bench.device(),
                            "lean=" + lean,
                            "precision=" + (precision == DType.BFLOAT16 ? "bf16" : "fp32")));
                    settings.addAll(
                            shared
                                    ? List.of("shared=true", "lora.rank=16", "lora.alpha=32")
                                    : List.of("value_model=" + scorer));
                    return Configuration.of(PpoConfig.class, settings);
                },
                PpoTrainer::run));
    }

    /// A reward model of the same backbone, whose head is random.
    private static Path scorer(Path modelFolder, Path folder, DType precision) {
        try (Scope scope = Scope.open();
                LoadedModel loaded = LoadedModel.load(modelFolder, precision, Bench.device(), false, Heads.SCALAR)) {
            loaded.model().initialiseScore(7);
            new HfModel(loaded.model(), HfConfig.scoring(loaded.config(), PadToken.of(loaded)))
                    .write(Files.createDirectories(folder), loaded.tokenizer(), precision);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Object> result(StepTimes times) {
        double[] seconds = times.sums(Metrics.STEP_SECONDS, EPOCHS);
        Map<String, Object> result = new LinkedHashMap<>();
        // the first iteration warms up, as the peers' does
        result.put("step_seconds", StepTimes.median(Arrays.copyOfRange(seconds, 1, ITERATIONS)));
        result.put("all_seconds", seconds);
        for (String part : List.of("generate", "reward", "old", "reference", "value", "learn")) {
            result.put(part + "_seconds", times.sums("time/" + part, EPOCHS)[ITERATIONS - 1]);
        }
        result.put(
                "tokens_per_step", times.sums(Metrics.TOKENS, 1)[times.steps().size() - 1] / ITERATIONS);
        result.put("losses", times.values(Metrics.LOSS, 0));
        return result;
    }
}

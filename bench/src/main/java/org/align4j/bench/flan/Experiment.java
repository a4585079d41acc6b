package org.align4j.bench.flan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.align4j.pipeline.quickstart.Starter;
import org.align4j.train.LoraConfig;
import tools.jackson.databind.json.JsonMapper;

/// What both experiments share. A YAML file beside their scripts.
///
/// @param model that they begin with, a base model; empty: the starter that ships with the project
/// @param device what they compute on, `cpu` or `cuda:N`
/// @param output everything that is kept: a folder an arm and seed, tables, plots
/// @param arms names of [Arm]; empty: all
/// @param seeds one run of every arm each
/// @param steps of training
/// @param tokens of a step, filled up as far as whole examples allow
/// @param maxLength tokens of an example
/// @param learningRate the highest
/// @param lora trains an adapter instead of all weights
/// @param questions of each held-out family, asked alone and after examples
/// @param answerTokens of an answer at most
/// @param tuning steps of fine-tuning on a single task, for the second experiment
/// @param tuningRate its learning rate
/// @param tuningFamilies its tasks, held out of all mixtures
record Experiment(
        Optional<Path> model,
        String device,
        Path output,
        List<String> arms,
        List<Long> seeds,
        int steps,
        int tokens,
        int maxLength,
        double learningRate,
        Optional<LoraConfig> lora,
        int questions,
        int answerTokens,
        int tuning,
        double tuningRate,
        List<String> tuningFamilies) {
    Experiment {
        arms = List.copyOf(arms);
        seeds = List.copyOf(seeds);
        tuningFamilies = List.copyOf(tuningFamilies);
        if (seeds.isEmpty() || steps < 1 || tokens < maxLength || questions < 1 || answerTokens < 1 || tuning < 1) {
            throw new IllegalArgumentException(
                    "seeds must name one; steps, questions, answer_tokens and tuning must be ≥ 1, tokens ≥ max_length");
        }
    }

    static Experiment defaults(Path output) {
        return new Experiment(
                Optional.empty(),
                "cpu",
                output,
                List.of(),
                List.of(1L, 2L, 3L),
                120,
                2048,
                512,
                2e-3,
                Optional.empty(),
                16,
                96,
                40,
                5e-4,
                List.of("one_sentence", "compare_small", "apologise"));
    }

    /// The folder of the model that they begin with.
    Path base() {
        return model.orElseGet(() -> Starter.unpack(output.resolve("starter")));
    }

    Path folder(String arm, long seed) {
        return output.resolve(arm).resolve("seed-" + seed);
    }

    /// Settings of a run on `data`.
    ///
    /// @param from the model that it begins with
    List<String> training(Path from, Path run, Path data, long seed) {
        List<String> settings = new ArrayList<>(List.of(
                "model=" + quoted(from),
                "device=" + device,
                "output=" + quoted(run),
                "data.train=" + quoted(data),
                "data.max_length=" + maxLength,
                "data.truncate=start",
                "seed=" + seed,
                "batch_size=0",
                "max_tokens=" + tokens,
                "max_steps=" + steps,
                "learning_rate=" + learningRate,
                "schedule=cosine",
                "warmup_steps=" + Math.max(1, steps / 20),
                "weight_decay=0.1",
                "optimizer_options.beta2=0.95",
                "keep=1"));
        lora.ifPresent(adapter -> {
            settings.add("lora.rank=" + adapter.rank());
            settings.add("lora.alpha=" + adapter.alpha());
        });
        return settings;
    }

    static String quoted(Path path) {
        return JsonMapper.shared().writeValueAsString(path.toString());
    }
}

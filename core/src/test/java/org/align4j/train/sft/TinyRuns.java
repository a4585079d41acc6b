package org.align4j.train.sft;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.align4j.config.Configuration;
import org.align4j.run.Checkpoints;
import org.align4j.run.Interruption;
import org.align4j.run.Metrics;
import org.align4j.run.RunEvent;
import org.align4j.run.RunFiles;
import org.align4j.testing.TinyModelFolder;
import org.align4j.train.Resume;

/// Supervised runs of the tiny model on little sums, below one folder.
public record TinyRuns(Path folder) {
    /// Makes the model and 22 sums.
    public static TinyRuns in(Path folder) throws IOException {
        TinyModelFolder.save(folder.resolve("model"), 1);
        TinyModelFolder.sums(folder.resolve("sums.jsonl"), 22, 1);
        return new TinyRuns(folder);
    }

    /// Settings of the run `name`; later overrides win.
    public SftConfig config(String name, String... overrides) {
        List<String> all = new ArrayList<>(List.of(
                "model=" + folder.resolve("model"),
                "output=" + folder.resolve(name),
                "data.train=[" + folder.resolve("sums.jsonl") + "]",
                "precision=fp32",
                "batch_size=4",
                "max_steps=12",
                "learning_rate=1e-2"));
        all.addAll(List.of(overrides));
        return Configuration.of(SftConfig.class, all);
    }

    /// Runs to the end; what it told.
    public List<RunEvent> train(SftConfig config) {
        List<RunEvent> events = new ArrayList<>();
        SftTrainer.run(config, Resume.FRESH, events::add, Interruption.manual());
        return events;
    }

    /// Begins a run, or goes on with it, until `stopAt` is done.
    public void trainUntil(SftConfig config, boolean resumed, long stopAt) {
        Interruption interruption = Interruption.manual();
        Consumer<RunEvent> stopping = event -> {
            if (event instanceof RunEvent.Step(long step, Map<String, Double> _) && step == stopAt) {
                interruption.request();
            }
        };
        SftTrainer.run(config, new Resume(resumed, false), stopping::accept, interruption);
    }

    public void resume(SftConfig config) {
        SftTrainer.run(config, Resume.EXACT, event -> {}, Interruption.manual());
    }

    public static Checkpoints checkpoints(SftConfig config) {
        return new RunFiles(config.output()).checkpoints();
    }

    public static byte[] finalWeights(SftConfig config) throws IOException {
        Path last = checkpoints(config).newest().orElseThrow().folder();
        return Files.readAllBytes(
                last.resolve(config.lora().isPresent() ? "adapter_model.safetensors" : "model.safetensors"));
    }

    public static byte[] finalMoments(SftConfig config) throws IOException {
        return Files.readAllBytes(
                checkpoints(config).newest().orElseThrow().folder().resolve("training_state/optimizer.safetensors"));
    }

    /// What was logged, without what the clock and the machine say.
    public static List<Metrics.Row> metrics(SftConfig config) {
        return metrics(config.output());
    }

    /// What the run in a folder logged, without what the clock and the machine say.
    public static List<Metrics.Row> metrics(Path run) {
        return Metrics.read(new RunFiles(run).metrics()).stream()
                .map(row -> {
                    Map<String, Double> values = new LinkedHashMap<>(row.values());
                    List.of(Metrics.TOKENS_PER_SECOND, Metrics.STEP_SECONDS, Metrics.PEAK_RSS)
                            .forEach(values::remove);
                    return new Metrics.Row(row.step(), values);
                })
                .toList();
    }
}

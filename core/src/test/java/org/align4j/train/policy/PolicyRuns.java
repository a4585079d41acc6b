package org.align4j.train.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.align4j.run.Interruption;
import org.align4j.run.Metrics;
import org.align4j.run.RunEvent;
import org.align4j.run.RunFiles;
import org.align4j.run.RunListener;
import org.align4j.testing.TinyModelFolder;
import org.align4j.train.Resume;
import tools.jackson.databind.json.JsonMapper;

/// What the tests of all trainers of policies need.
final class PolicyRuns {
    private PolicyRuns() {}

    /// A run of whatever trainer.
    interface Training {
        void run(Resume resume, RunListener listener, Interruption interruption);
    }

    /// Writes a random model, `model`, and ten sums to ask it, `prompts.jsonl`.
    static void prepare(Path folder) throws IOException {
        TinyModelFolder.save(folder.resolve("model"), 1);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            lines.append(JsonMapper.shared()
                            .writeValueAsString(Map.of("prompt", i + " + " + i + " = ", "answer", "#### " + 2 * i)))
                    .append('\n');
        }
        Files.writeString(folder.resolve("prompts.jsonl"), lines);
    }

    /// What a run logged, without what the clock and the machine decide.
    static List<Metrics.Row> metrics(Path output) {
        return Metrics.read(new RunFiles(output).metrics()).stream()
                .map(row -> {
                    Map<String, Double> values = new LinkedHashMap<>(row.values());
                    values.keySet()
                            .removeIf(name -> name.startsWith("time/")
                                    || List.of(Metrics.TOKENS_PER_SECOND, Metrics.STEP_SECONDS, Metrics.PEAK_RSS)
                                            .contains(name));
                    return new Metrics.Row(row.step(), values);
                })
                .toList();
    }

    static Path newest(Path output) {
        return new RunFiles(output).checkpoints().newest().orElseThrow().folder();
    }

    /// A file of weights of a run's newest checkpoint.
    static byte[] weights(Path output, boolean adapter) throws IOException {
        return Files.readAllBytes(newest(output).resolve(adapter ? "adapter_model.safetensors" : "model.safetensors"));
    }

    /// Interrupts a new run after every step or two, and goes on until its end.
    static void inParts(Training training, long totalSteps, long seed) {
        Random random = new Random(seed);
        boolean resumed = false;
        for (long stop = 1; stop < totalSteps; stop += 1 + random.nextInt(2)) {
            long stopAt = stop;
            Interruption interruption = Interruption.manual();
            training.run(
                    new Resume(resumed, false),
                    event -> {
                        if (event instanceof RunEvent.Step(long step, Map<String, Double> values) && step >= stopAt) {
                            interruption.request();
                        }
                    },
                    interruption);
            resumed = true;
        }
        training.run(Resume.EXACT, event -> {}, Interruption.manual());
    }
}

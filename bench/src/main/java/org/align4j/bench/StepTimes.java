package org.align4j.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.align4j.run.Interruption;
import org.align4j.run.RunEvent;
import org.align4j.run.RunListener;
import org.align4j.train.Resume;

/// What the steps of a run said of themselves.
///
/// @param steps metrics of each
record StepTimes(List<Map<String, Double>> steps) {
    /// What trains by a configuration.
    interface Trainer<C> {
        void run(C config, Resume resume, RunListener listener, Interruption interruption);
    }

    /// Trains in a temporary folder.
    ///
    /// @param config of a run whose folder, which isn't there yet, is given
    static <C> StepTimes of(Function<Path, C> config, Trainer<C> trainer) {
        List<Map<String, Double>> steps = new ArrayList<>();
        Path folder = temporary();
        try {
            trainer.run(
                    config.apply(folder.resolve("run")),
                    Resume.FRESH,
                    event -> {
                        if (event instanceof RunEvent.Step step) {
                            steps.add(step.metrics());
                        }
                    },
                    Interruption.manual());
        } finally {
            delete(folder);
        }
        return new StepTimes(steps);
    }

    /// A metric of the steps from `from` on.
    double[] values(String name, int from) {
        return steps.subList(from, steps.size()).stream()
                .mapToDouble(metrics -> metrics.getOrDefault(name, 0.0))
                .toArray();
    }

    /// The sums of a metric over stretches of `length` steps.
    double[] sums(String name, int length) {
        double[] sums = new double[steps.size() / length];
        for (int i = 0; i < sums.length * length; i++) {
            sums[i / length] += steps.get(i).getOrDefault(name, 0.0);
        }
        return sums;
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("align4j-bench");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package org.align4j.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// A configuration of the shape that trainers have.
record SampleConfig(
        String model,
        Data data,
        Optimizer optimizer,
        Schedule schedule,
        Precision precision,
        int batchTokens,
        long seed,
        boolean lean,
        Optional<Lora> lora,
        OptionalDouble neftuneAlpha,
        Map<String, Double> taskWeights,
        @Nullable String note,
        Duration saveEvery,
        Path output) {

    static SampleConfig defaults(String model, Data data) {
        return new SampleConfig(
                model,
                data,
                Optimizer.defaults(),
                new Schedule.Cosine(10, 0.1),
                Precision.BF16,
                4096,
                1,
                false,
                Optional.empty(),
                OptionalDouble.empty(),
                Map.of(),
                null,
                Duration.ofMinutes(10),
                Path.of("runs/sample"));
    }

    enum Precision {
        FP32,
        BF16
    }

    record Data(Path train, Optional<Path> eval, List<String> columns, double evalFraction) {
        static Data defaults(Path train) {
            return new Data(train, Optional.empty(), List.of("prompt", "completion"), 0.05);
        }
    }

    record Optimizer(double learningRate, double weightDecay, double clip) {
        Optimizer {
            if (!(learningRate > 0)) {
                throw new IllegalArgumentException("must be above 0, got " + learningRate);
            }
            if (!(clip > 0)) {
                throw new IllegalArgumentException("must be above 0, got " + clip);
            }
        }

        static Optimizer defaults() {
            return new Optimizer(2e-5, 0.01, 1);
        }
    }

    record Lora(int rank, double alpha, List<String> targets) {
        static Lora defaults() {
            return new Lora(16, 32, List.of("all-linear"));
        }
    }

    sealed interface Schedule {
        record Constant() implements Schedule {}

        record Cosine(int warmupSteps, double minRatio) implements Schedule {
            static Cosine defaults() {
                return new Cosine(0, 0);
            }
        }

        record Polynomial(double power) implements Schedule {}
    }
}

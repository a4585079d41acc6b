package org.align4j.optim;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;
import org.align4j.optim.LrSchedule.Shape;

/// Makes the [LrSchedule] that transformers calls `name`.
final class NamedSchedule {
    private static final List<String> NAMES = List.of(
            "constant",
            "constant_with_warmup",
            "linear",
            "cosine",
            "cosine_with_restarts",
            "cosine_with_min_lr",
            "cosine_warmup_with_min_lr",
            "polynomial",
            "inverse_sqrt",
            "warmup_stable_decay");
    private static final Map<String, Shape> SHAPES =
            Map.of("linear", Shape.LINEAR, "cosine", Shape.COSINE, "1-sqrt", Shape.ONE_MINUS_SQRT);

    private final String name;
    private final double learningRate;
    private final long warmup;
    private final long steps;
    private final NamedOptions options;

    NamedSchedule(String name, double learningRate, long warmup, long steps, Map<String, ? extends Object> options) {
        this.name = name;
        this.learningRate = learningRate;
        this.warmup = warmup;
        this.steps = steps;
        this.options = new NamedOptions("schedule " + name, options);
    }

    LrSchedule build() {
        if (!NAMES.contains(name)) {
            throw new AlignException.Config("schedule: unknown name " + name
                    + Problems.nearest(name, NAMES)
                            .map(near -> "; did you mean " + near + "?")
                            .orElse("; known: " + String.join(", ", NAMES)));
        }
        if (!(learningRate >= 0) || Double.isInfinite(learningRate) || warmup < 0 || steps < 0) {
            throw new AlignException.Config(
                    "schedule: learning rate %s, %d warm-up steps of %d; give a finite rate and counts of at least 0"
                            .formatted(learningRate, warmup, steps));
        }
        LrSchedule schedule = make();
        options.finish();
        return schedule;
    }

    private LrSchedule make() {
        return switch (name) {
            case "constant" -> new LrSchedule.Constant(learningRate);
            case "constant_with_warmup" -> new LrSchedule.ConstantWithWarmup(learningRate, warmup);
            case "linear" -> new LrSchedule.Linear(learningRate, warmup, steps);
            case "cosine" -> new LrSchedule.Cosine(learningRate, warmup, steps, cycles(), 0);
            case "cosine_with_restarts" ->
                new LrSchedule.CosineWithRestarts(
                        learningRate,
                        warmup,
                        steps,
                        options.whole("num_cycles", 1).orElse(1L));
            case "cosine_with_min_lr" -> new LrSchedule.Cosine(learningRate, warmup, steps, cycles(), floor());
            case "cosine_warmup_with_min_lr" ->
                new LrSchedule.CosineFromOne(
                        learningRate,
                        warmup,
                        steps,
                        cycles(),
                        floor(),
                        options.share("warmup_lr_rate").orElse(Double.NaN));
            case "polynomial" -> polynomial();
            case "inverse_sqrt" ->
                new LrSchedule.InverseSqrt(
                        learningRate, warmup, options.whole("timescale", 1).orElse(warmup == 0 ? 10_000 : warmup));
            case "warmup_stable_decay" -> warmupStableDecay();
            default -> throw new IllegalStateException("schedule without a form: " + name);
        };
    }

    private double cycles() {
        return options.positive("num_cycles").orElse(0.5);
    }

    /// `min_lr_rate`, or `min_lr` over the rate: exactly one of them.
    private double floor() {
        Optional<Double> rate = options.share("min_lr_rate");
        Optional<Double> absolute =
                options.number("min_lr", v -> v >= 0 && v <= learningRate, "between 0 and the learning rate");
        if (rate.isPresent() == absolute.isPresent()) {
            options.fault("min_lr_rate", "give either min_lr_rate or min_lr");
        }
        return rate.orElseGet(() -> absolute.map(least -> least / learningRate).orElse(0.0));
    }

    private LrSchedule polynomial() {
        double end = options.atLeastZero("lr_end").orElse(1e-7);
        if (!(end < learningRate)) {
            options.fault("lr_end", end + " is not below the learning rate " + learningRate);
        }
        return new LrSchedule.Polynomial(
                learningRate, warmup, steps, options.positive("power").orElse(1.0), end);
    }

    private LrSchedule warmupStableDecay() {
        long decay = options.whole("num_decay_steps", 0).orElse(-1L);
        if (decay < 0) {
            options.fault("num_decay_steps", "missing; give the number of steps of the decay");
        }
        // Transformers lets a stable phase that is given outweigh the run's length.
        long stable = options.whole("num_stable_steps", 0).orElse(steps - warmup - Math.max(0, decay));
        if (stable < 0) {
            options.fault("num_decay_steps", decay + " and " + warmup + " warm-up steps exceed the run's " + steps);
        }
        return new LrSchedule.WarmupStableDecay(
                learningRate,
                warmup,
                stable,
                decay,
                options.choice("warmup_type", "linear", SHAPES),
                options.choice("decay_type", "cosine", SHAPES),
                options.share("min_lr_ratio").orElse(0.0),
                cycles());
    }
}

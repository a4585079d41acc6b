package org.align4j.train;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.align4j.error.AlignException;
import org.align4j.run.Interruption;
import org.align4j.run.Metrics;
import org.align4j.run.ProcessMemory;
import org.align4j.run.RunDirectory;
import org.align4j.run.RunEvent;
import org.align4j.run.RunListener;

/// What happens around the optimiser steps of a run, whatever it learns: evaluating, sampling,
/// saving, telling, and ending for every reason there is.
public final class TrainingLoop {
    private final Plan plan;
    private final Learner learner;
    private final Optimization optimization;
    private final RunDirectory run;
    private final RunListener listener;
    private final Interruption interruption;
    private Progress progress;

    /// When what happens.
    ///
    /// @param totalSteps optimiser steps of the run
    /// @param evaluates whether there is anything to evaluate on
    public record Plan(long totalSteps, boolean evaluates, PaceConfig pace) {}

    /// What an algorithm does.
    ///
    /// @param learn does one optimiser step; gives the step's metrics. Nothing when interrupted
    ///     before the step was done: a resumed run does it anew
    /// @param evaluate measures the model; [Metrics#EVAL_LOSS] is what the best is chosen by, left
    ///     out where it can't be told. Nothing when interrupted: a resumed run evaluates anew
    /// @param sample gives something to read
    public record Algorithm(
            Supplier<Map<String, Double>> learn,
            Supplier<Map<String, Double>> evaluate,
            Supplier<List<Map<String, String>>> sample) {}

    TrainingLoop(
            Plan plan,
            Learner learner,
            Optimization optimization,
            RunDirectory run,
            RunListener listener,
            Interruption interruption,
            Progress start) {
        this.plan = plan;
        this.learner = learner;
        this.optimization = optimization;
        this.run = run;
        this.listener = listener;
        this.interruption = interruption;
        this.progress = start;
    }

    /// Steps done.
    public long step() {
        return progress.step();
    }

    /// What the algorithm remembered when the run was saved.
    public Map<String, Double> memory() {
        return progress.memory();
    }

    /// Saves these numbers with the run from now on, in place of earlier ones.
    public void remember(Map<String, Double> numbers) {
        progress = progress.remembering(numbers);
    }

    /// Tells something doubtful.
    public void warn(String message) {
        listener.on(new RunEvent.Warned(message));
    }

    /// Whether the run is to end after what is being done now.
    public boolean interrupted() {
        return interruption.requested();
    }

    /// Trains until the end, an early stop or an interruption.
    ///
    /// @param making the algorithm; its failure is the run's
    void run(Function<TrainingLoop, Algorithm> making) {
        try {
            listener.on(new RunEvent.Started(run.files().folder(), progress.step(), plan.totalSteps()));
            Algorithm algorithm = making.apply(this);
            DiskSpace.warning(
                            run.files().folder(),
                            learner.checkpointBytes(optimization),
                            plan.pace().keep())
                    .ifPresent(warning -> listener.on(new RunEvent.Warned(warning)));
            train(algorithm);
        } catch (AlignException failure) {
            saveBefore(failure);
            tell(failure);
            throw failure;
        }
    }

    /// What was learned isn't lost where something outside failed, such as a service that gives
    /// rewards: the weights are sound.
    private void saveBefore(AlignException failure) {
        if (failure instanceof AlignException.Data && progress.step() > 0 && !isSaved()) {
            try {
                save();
            } catch (AlignException saving) {
                failure.addSuppressed(saving);
            }
        }
    }

    private void train(Algorithm algorithm) {
        // the untrained model, or what an interruption cut short
        evaluateIfDue(algorithm);
        markIfBest();
        while (!complete() && !interruption.requested()) {
            // 1. one optimiser step
            Map<String, Double> metrics = algorithm.learn().get();
            if (metrics.isEmpty()) {
                requireInterrupted("the step gave no metrics");
                break;
            }
            // 2. look at what is held out, and at what the model writes
            try {
                evaluateIfDue(algorithm);
            } finally {
                // told even where the evaluation fails: no resumed run does the step anew
                listener.on(new RunEvent.Step(progress.step(), metrics));
            }
            if (every(plan.pace().sampleEvery())) {
                algorithm.sample().get().forEach(line -> listener.on(new RunEvent.Sample(progress.step(), line)));
            }
            // 3. make it last
            if (every(plan.pace().saveEvery()) || progress.isBest()) {
                save();
            }
        }
        if (!isSaved()) {
            save();
        }
        run.checkpoints().keep(plan.pace().keep());
        listener.on(complete() ? new RunEvent.Finished(progress.step()) : new RunEvent.Interrupted(progress.step()));
    }

    private boolean every(int steps) {
        return steps > 0 && progress.step() % steps == 0;
    }

    /// Whether all steps are done and evaluated, or the evaluations have stopped getting better.
    private boolean complete() {
        boolean stoppedEarly =
                plan.pace().patience() > 0 && progress.worse() >= plan.pace().patience();
        return stoppedEarly || (progress.step() >= plan.totalSteps() && !evaluationDue());
    }

    private boolean evaluationDue() {
        boolean last = progress.step() >= plan.totalSteps();
        return plan.evaluates()
                && progress.evaluatedStep() != progress.step()
                && (progress.step() == 0 || last || every(plan.pace().evalEvery()));
    }

    private void evaluateIfDue(Algorithm algorithm) {
        if (!evaluationDue()) {
            return;
        }
        Map<String, Double> metrics = algorithm.evaluate().get();
        if (metrics.isEmpty()) {
            requireInterrupted("the evaluation gave no metrics");
            return;
        }
        Double loss = metrics.get(Metrics.EVAL_LOSS);
        if (loss == null) {
            progress = progress.evaluated();
        } else {
            requireFinite("evaluation loss", loss, "all held out");
            progress = progress.evaluated(loss);
        }
        listener.on(new RunEvent.Evaluated(progress.step(), metrics));
    }

    private void requireInterrupted(String otherwise) {
        if (!interruption.requested()) {
            throw new IllegalStateException(otherwise);
        }
    }

    /// Ends the window of gradients that the algorithm has filled: one more step is done.
    ///
    /// @param loss of the window
    /// @param tokens that went through the model
    /// @param examples that it was computed from, for messages
    /// @param start [System#nanoTime()] when the step began
    /// @return the metrics that every algorithm has
    /// @throws AlignException.Tensor when the loss or the gradient norm is not finite
    public Map<String, Double> step(double loss, long tokens, String examples, long start) {
        requireFinite("loss", loss, examples);
        Optimization.Outcome outcome = optimization.step(progress.step());
        requireFinite("gradient norm", outcome.gradientNorm(), examples);
        progress = progress.stepped(tokens);
        double seconds = (System.nanoTime() - start) / 1e9;
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(Metrics.LOSS, loss);
        metrics.put(Metrics.LEARNING_RATE, outcome.learningRate());
        metrics.put(Metrics.GRAD_NORM, outcome.gradientNorm());
        metrics.put(Metrics.TOKENS, (double) progress.tokens());
        metrics.put(Metrics.TOKENS_PER_SECOND, tokens / seconds);
        metrics.put(Metrics.STEP_SECONDS, seconds);
        ProcessMemory.peakRss().ifPresent(bytes -> metrics.put(Metrics.PEAK_RSS, (double) bytes));
        return metrics;
    }

    /// Counts one more step that leaves the weights as they are.
    ///
    /// @param tokens that went through the model nevertheless
    /// @return the metrics of such a step
    public Map<String, Double> skip(long tokens) {
        progress = progress.stepped(tokens);
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(Metrics.TOKENS, (double) progress.tokens());
        return metrics;
    }

    /// Ends the run where a figure shows that the weights are broken: the last step broke them, so
    /// the last good checkpoint is of an earlier one.
    ///
    /// @param examples that it was computed from
    private void requireFinite(String what, double value, String examples) {
        if (Double.isFinite(value)) {
            return;
        }
        String checkpoint = run.checkpoints().list().reversed().stream()
                .filter(saved -> saved.step() < progress.step())
                .findFirst()
                .map(saved -> "the last good checkpoint is " + saved.folder())
                .orElse("there is no earlier checkpoint");
        throw new AlignException.Tensor("after step " + progress.step() + ": " + what + " is " + value + "; "
                + checkpoint + ". Lower learning_rate, set max_grad_norm, or look at the examples: " + examples);
    }

    private void save() {
        // older ones go only after another step, which shows that the newest is sound
        run.checkpoints().keep(plan.pace().keep());
        Path folder = run.checkpoints().save(progress.step(), target -> learner.save(target, progress, optimization));
        markIfBest();
        listener.on(new RunEvent.Saved(progress.step(), folder));
    }

    private boolean isSaved() {
        return run.checkpoints()
                .newest()
                .filter(last -> last.step() == progress.step())
                .isPresent();
    }

    /// A kill may have come between a checkpoint and its mark.
    private void markIfBest() {
        if (progress.isBest() && isSaved()) {
            run.checkpoints().markBest(progress.step(), progress.bestLoss());
        }
    }

    /// Records how the run ended.
    private void tell(AlignException failure) {
        try {
            listener.on(new RunEvent.Failed(progress.step(), String.valueOf(failure.getMessage())));
        } catch (AlignException telling) {
            // such as of a full disk, which the failure itself is about
            failure.addSuppressed(telling);
        }
    }
}

package org.align4j.train;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.data.PackedBatch;
import org.align4j.error.AlignException;
import org.align4j.loss.LoadBalancing;
import org.align4j.loss.TokenLoss;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.random.CounterRandom;
import org.align4j.run.Checkpoints.Checkpoint;
import org.align4j.run.Interruption;
import org.align4j.run.Metrics;
import org.align4j.run.ProcessMemory;
import org.align4j.run.Provenance;
import org.align4j.run.RunDirectory;
import org.align4j.run.RunEvent;
import org.align4j.run.RunFiles;
import org.align4j.run.RunListener;
import org.align4j.run.RunRecorder;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.train.SupervisedBatches.Window;

/// Supervised fine-tuning: next-token cross entropy on demonstrations (step 1 of InstructGPT, Ouyang et al. 2022).
public final class SftTrainer {
    private final SftConfig config;
    private final Learner learner;
    private final Optimization optimization;
    private final SupervisedBatches batches;
    private final SampledAnswers answers;
    private final RunDirectory run;
    private final RunListener listener;
    private final Interruption interruption;
    private Progress progress = Progress.START;

    /// Trains until the end, an early stop or an interruption. Everything that lasts is in the run's folder.
    ///
    /// @param resume how to treat a run that is in the folder already
    /// @throws AlignException for faults of the configuration, the data or the model, and a loss that is not finite
    public static void run(SftConfig config, Resume resume, RunListener listener, Interruption interruption) {
        // 1. what can be refused at once
        Device.parse(config.device());
        config.namedOptimizer();
        config.namedSchedule(config.maxSteps() > 0 ? config.maxSteps() : 1L << 40);
        Map<String, Object> provenance = Provenance.of(config.data().files());
        RunDirectory.check(config.output(), resume.wanted(), config, provenance);
        Optional<Path> checkpoint = resume.wanted()
                ? new RunFiles(config.output()).checkpoints().newest().map(Checkpoint::folder)
                : Optional.empty();
        // 2. whatever else can fail, before there is a folder of a run that never began
        try (Scope scope = Scope.open();
                Learner learner = Learner.load(config.subject(), checkpoint.orElse(config.model()))) {
            SupervisedData data = SupervisedData.load(
                    config.data(),
                    config.seed(),
                    learner.loaded().tokenizer(),
                    learner.loaded().template(),
                    learner.model().architecture());
            SupervisedBatches batches = SupervisedBatches.of(config, data);
            try (Optimization optimization = config.optimization(learner.parameters(), batches.totalSteps());
                    RunDirectory run = resume.wanted()
                            ? RunDirectory.resume(config.output(), config, provenance)
                            : RunDirectory.create(config.output(), config, provenance)) {
                // 3. the run
                Progress start = checkpoint
                        .map(folder -> Progress.of(learner.restore(folder, optimization, resume)))
                        .orElse(Progress.START);
                run.rewind(checkpoint.isPresent() ? start.step() : -1);
                try (RunRecorder recorder = new RunRecorder(run, start.step(), Clock.systemUTC())) {
                    RunListener all = RunListener.all(recorder, listener);
                    data.notes().forEach(note -> all.on(new RunEvent.Noted(note)));
                    data.warnings().forEach(warning -> all.on(new RunEvent.Warned(warning)));
                    SampledAnswers answers = new SampledAnswers(learner.loaded(), data.heldOutFirst());
                    new SftTrainer(config, learner, optimization, batches, answers, run, all, interruption)
                            .trainFrom(start);
                }
            }
        }
    }

    private SftTrainer(
            SftConfig config,
            Learner learner,
            Optimization optimization,
            SupervisedBatches batches,
            SampledAnswers answers,
            RunDirectory run,
            RunListener listener,
            Interruption interruption) {
        this.config = config;
        this.learner = learner;
        this.optimization = optimization;
        this.batches = batches;
        this.answers = answers;
        this.run = run;
        this.listener = listener;
        this.interruption = interruption;
    }

    private void trainFrom(Progress start) {
        progress = start;
        try {
            listener.on(new RunEvent.Started(config.output(), progress.step(), batches.totalSteps()));
            DiskSpace.warning(run.files().folder(), learner.checkpointBytes(optimization), config.keep())
                    .ifPresent(warning -> listener.on(new RunEvent.Warned(warning)));
            train();
        } catch (AlignException failure) {
            tell(failure);
            throw failure;
        }
    }

    private void train() {
        // the untrained model, or what an interruption cut short
        evaluateIfDue();
        markIfBest();
        Iterator<Window> windows = batches.from(progress.step());
        while (!complete() && !interruption.requested()) {
            // 1. one window of micro batches, one optimiser step
            Map<String, Double> metrics = learn(windows.next());
            // 2. look at the held-out examples, and at answers
            evaluateIfDue();
            listener.on(new RunEvent.Step(progress.step(), metrics));
            if (every(config.sampleEvery())) {
                sample();
            }
            // 3. make it last
            if (every(config.saveEvery()) || progress.isBest()) {
                save();
            }
        }
        if (!isSaved()) {
            save();
        }
        run.checkpoints().keep(config.keep());
        listener.on(complete() ? new RunEvent.Finished(progress.step()) : new RunEvent.Interrupted(progress.step()));
    }

    private boolean every(int steps) {
        return steps > 0 && progress.step() % steps == 0;
    }

    /// Whether all steps are done and evaluated, or the evaluations have stopped getting better.
    private boolean complete() {
        boolean stoppedEarly = config.patience() > 0 && progress.worse() >= config.patience();
        return stoppedEarly || (progress.step() >= batches.totalSteps() && !evaluationDue());
    }

    /// One optimiser step. Each loss is divided by the trained tokens of the whole window, so that accumulating 2 × 4
    /// equals 1 × 8.
    ///
    /// @return the step's metrics
    private Map<String, Double> learn(Window window) {
        long start = System.nanoTime();
        double loss = 0;
        optimization.startWindow();
        for (int i = 0; i < window.microBatches().size(); i++) {
            loss += backward(window.microBatches().get(i), window.trainedTokens(), i);
        }
        requireFinite("loss", loss, window.sources());
        Optimization.Outcome outcome = optimization.step(progress.step());
        requireFinite("gradient norm", outcome.gradientNorm(), window.sources());
        progress = progress.stepped(window.tokens());
        double seconds = (System.nanoTime() - start) / 1e9;
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(Metrics.LOSS, loss);
        metrics.put(Metrics.LEARNING_RATE, outcome.learningRate());
        metrics.put(Metrics.GRAD_NORM, outcome.gradientNorm());
        metrics.put(Metrics.TOKENS, (double) progress.tokens());
        metrics.put(Metrics.TOKENS_PER_SECOND, window.tokens() / seconds);
        metrics.put(Metrics.STEP_SECONDS, seconds);
        ProcessMemory.peakRss().ifPresent(bytes -> metrics.put(Metrics.PEAK_RSS, (double) bytes));
        return metrics;
    }

    /// Accumulates the gradient of one micro batch.
    ///
    /// @param trained trained tokens of the window
    /// @return its part of the window's loss
    private double backward(PackedBatch batch, long trained, int microBatch) {
        boolean smoothed = config.labelSmoothing() > 0;
        Wanted wanted = Wanted.logps()
                .withNoise(config.neftuneAlpha())
                .withSeed(CounterRandom.of(config.seed(), "forward").bits(progress.step(), microBatch));
        try (Scope scope = Scope.open();
                Tape tape = learner.model()
                        .forward(
                                batch,
                                smoothed ? wanted.withMeanLogp() : wanted,
                                config.lean() ? Recording.RECOMPUTE : Recording.KEEP)) {
            Tensor loss = smoothed
                    ? TokenLoss.smoothed(tape.logps(), tape.meanLogp(), config.labelSmoothing(), trained)
                    : TokenLoss.negativeLogLikelihood(tape.logps(), trained);
            double value = loss.item();
            if (!tape.routerScores().isEmpty()) {
                loss = loss.add(balancing(tape, batch.trainedTokens() / (double) trained));
            }
            loss.backward();
            tape.backward();
            return value;
        }
    }

    private Tensor balancing(Tape tape, double share) {
        return learner.model()
                .architecture()
                .experts()
                .map(experts -> LoadBalancing.of(tape.routerScores(), experts.perToken())
                        .mul(experts.auxiliaryLoss() * share))
                .orElseThrow();
    }

    /// Ends the run where a figure shows that the weights are broken: the last step broke them, so the last good
    /// checkpoint is of an earlier one.
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

    private boolean evaluationDue() {
        boolean last = progress.step() >= batches.totalSteps();
        return !batches.evaluation().isEmpty()
                && progress.evaluatedStep() != progress.step()
                && (progress.step() == 0 || last || every(config.evalEvery()));
    }

    private void evaluateIfDue() {
        if (!evaluationDue()) {
            return;
        }
        double sum = 0;
        long count = 0;
        for (PackedBatch batch : batches.evaluation()) {
            if (interruption.requested()) {
                // a resumed run evaluates anew
                return;
            }
            try (Scope scope = Scope.open();
                    Tape tape = learner.model().forward(batch, Wanted.logps(), Recording.NONE)) {
                sum -= tape.logps().sum().item();
                count += batch.trainedTokens();
            }
        }
        double loss = sum / count;
        requireFinite("evaluation loss", loss, "all held out");
        progress = progress.evaluated(loss);
        listener.on(new RunEvent.Evaluated(progress.step(), Map.of(Metrics.EVAL_LOSS, loss)));
    }

    private void sample() {
        List<Map<String, String>> lines = answers.now(interruption::requested);
        lines.forEach(line -> listener.on(new RunEvent.Sample(progress.step(), line)));
    }

    private void save() {
        // older ones go only after another step, which shows that the newest is sound
        run.checkpoints().keep(config.keep());
        Path folder = run.checkpoints()
                .save(
                        progress.step(),
                        target -> learner.save(target, progress.step(), progress.numbers(), optimization));
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

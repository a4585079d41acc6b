package org.align4j.train;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.checkpoint.TrainingState;
import org.align4j.data.encode.TokenizedComparison;
import org.align4j.error.AlignException;
import org.align4j.loss.LoadBalancing;
import org.align4j.loss.preference.Completions;
import org.align4j.loss.preference.RunningMean;
import org.align4j.loss.preference.UnpairedLoss;
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
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.train.UnpairedBatches.Window;

/// Learning from answers that are good or bad by themselves: KTO, Ethayarajh et al. 2024, and its family. The loss is a
/// function of the log-probabilities of whole answers under the policy and the reference.
public final class KtoTrainer {
    private final KtoConfig config;
    private final Learner learner;
    private final ReferenceLogps reference;
    private final Optimization optimization;
    private final UnpairedBatches batches;
    private final SampledAnswers answers;
    private final RunDirectory run;
    private final RunListener listener;
    private final Interruption interruption;
    private Progress progress = Progress.START;
    private RunningMean ratios = RunningMean.NONE;

    /// Trains until the end, an early stop or an interruption. Everything that lasts is in the run's folder.
    ///
    /// @param resume how to treat a run that is in the folder already
    /// @throws AlignException for faults of the configuration, the data or the model, and a loss that is not finite
    public static void run(KtoConfig config, Resume resume, RunListener listener, Interruption interruption) {
        // 1. what can be refused at once
        Learner.Subject subject = config.subject();
        config.namedOptimizer();
        config.namedSchedule(config.maxSteps() > 0 ? config.maxSteps() : 1L << 40);
        Map<String, Object> provenance = Provenance.of(config.data().files());
        RunDirectory.check(config.output(), resume.wanted(), config, provenance);
        Optional<Path> checkpoint = resume.wanted()
                ? new RunFiles(config.output()).checkpoints().newest().map(Checkpoint::folder)
                : Optional.empty();
        // 2. whatever else can fail or takes long, before there is a folder of a run that never began
        try (Scope scope = Scope.open();
                Learner learner = Learner.load(subject, checkpoint.orElse(config.model()))) {
            PreferenceData data = PreferenceData.load(
                    config.data(),
                    config.seed(),
                    learner.loaded().tokenizer(),
                    learner.loaded().template(),
                    learner.model().architecture());
            UnpairedBatches batches = UnpairedBatches.of(config, data);
            // 3. the reference's log-probabilities of all answers
            Optional<ReferenceLogps> reference = config.referencePass(listener, interruption)
                    .of(learner, checkpoint.isEmpty(), batches.sequences(config.loss() instanceof UnpairedLoss.Kto));
            if (reference.isEmpty()) {
                listener.on(new RunEvent.Interrupted(0));
                return;
            }
            try (Optimization optimization = config.optimization(learner.parameters(), batches.totalSteps());
                    RunDirectory run = resume.wanted()
                            ? RunDirectory.resume(config.output(), config, provenance)
                            : RunDirectory.create(config.output(), config, provenance)) {
                // 4. the run
                Optional<TrainingState> state =
                        checkpoint.map(folder -> learner.restore(folder, optimization, resume));
                long firstStep = state.map(TrainingState::step).orElse(0L);
                run.rewind(checkpoint.isPresent() ? firstStep : -1);
                try (RunRecorder recorder = new RunRecorder(run, firstStep, Clock.systemUTC())) {
                    RunListener all = RunListener.all(recorder, listener);
                    data.notes().forEach(note -> all.on(new RunEvent.Noted(note)));
                    batches.notes().forEach(note -> all.on(new RunEvent.Noted(note)));
                    data.warnings().forEach(warning -> all.on(new RunEvent.Warned(warning)));
                    batches.warnings().forEach(warning -> all.on(new RunEvent.Warned(warning)));
                    List<TokenizedComparison> shown = data.evaluation().isEmpty() ? data.train() : data.evaluation();
                    SampledAnswers answers = new SampledAnswers(
                            learner.loaded(),
                            shown.stream()
                                    .map(each -> each.outputs().getFirst())
                                    .toList());
                    new KtoTrainer(
                                    config,
                                    learner,
                                    reference.get(),
                                    optimization,
                                    batches,
                                    answers,
                                    run,
                                    all,
                                    interruption)
                            .trainFrom(state);
                }
            }
        }
    }

    private KtoTrainer(
            KtoConfig config,
            Learner learner,
            ReferenceLogps reference,
            Optimization optimization,
            UnpairedBatches batches,
            SampledAnswers answers,
            RunDirectory run,
            RunListener listener,
            Interruption interruption) {
        this.config = config;
        this.learner = learner;
        this.reference = reference;
        this.optimization = optimization;
        this.batches = batches;
        this.answers = answers;
        this.run = run;
        this.listener = listener;
        this.interruption = interruption;
    }

    private void trainFrom(Optional<TrainingState> state) {
        progress = state.map(Progress::of).orElse(Progress.START);
        ratios = state.map(each -> RunningMean.of(each.numbers())).orElse(RunningMean.NONE);
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
            // 2. look at the held-out answers, and at new ones
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

    /// One optimiser step. Each loss is divided by the answers of the whole window.
    ///
    /// @return the step's metrics
    private Map<String, Double> learn(Window window) {
        long start = System.nanoTime();
        UnpairedMetrics means = new UnpairedMetrics();
        optimization.startWindow();
        for (int i = 0; i < window.microBatches().size(); i++) {
            backward(window.microBatches().get(i), window.examples(), i, means);
        }
        requireFinite("loss", means.loss(), window.sources());
        Optimization.Outcome outcome = optimization.step(progress.step());
        requireFinite("gradient norm", outcome.gradientNorm(), window.sources());
        progress = progress.stepped(window.tokens());
        double seconds = (System.nanoTime() - start) / 1e9;
        Map<String, Double> metrics = new LinkedHashMap<>(means.named(""));
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
    /// @param answers what the window's loss is a mean over
    private void backward(UnpairedBatch batch, long answers, int microBatch, UnpairedMetrics means) {
        Wanted wanted = Wanted.logps()
                .withSeed(CounterRandom.of(config.seed(), "forward").bits(progress.step(), microBatch));
        try (Scope scope = Scope.open()) {
            // what has no way back first: what the other needs is not in memory yet
            Tensor referenceLogps = reference.of(batch.packed(), batch.answers());
            double baseline = config.loss() instanceof UnpairedLoss.Kto ? baseline(batch) : 0;
            try (Tape tape = learner.model()
                    .forward(batch.packed(), wanted, config.lean() ? Recording.RECOMPUTE : Recording.KEEP)) {
                Completions completions = UnpairedBatch.completions(batch.answers(), tape.logps(), referenceLogps);
                ratios = ratios.with(completions.ratios().toFloats());
                Tensor loss = loss(batch, completions, baseline, means).mul(1.0 / answers);
                if (!tape.routerScores().isEmpty()) {
                    loss = loss.add(balancing(tape, batch.examples().size() / (double) answers));
                }
                loss.backward();
                tape.backward();
            }
        }
    }

    /// The sum of the answers' weighted losses.
    private Tensor loss(UnpairedBatch batch, Completions completions, double baseline, UnpairedMetrics means) {
        double origin = config.loss() instanceof UnpairedLoss.Bco ? ratios.mean() : baseline;
        Tensor weights = batch.perExample(
                config.desirableWeight(),
                config.undesirableWeight(),
                learner.model().device());
        Tensor loss = config.loss()
                .of(completions, batch.signs(learner.model().device()), origin)
                .mul(weights)
                .sum();
        means.add(batch, completions, config.loss(), origin, loss.item());
        return loss;
    }

    /// KTO's estimate of KL(π ‖ π_ref), of answers to other prompts.
    private double baseline(UnpairedBatch batch) {
        try (Scope scope = Scope.open()) {
            Tensor referenceLogps = reference.of(batch.mismatched(), batch.mismatchedAnswers());
            try (Tape tape = learner.model().forward(batch.mismatched(), Wanted.logps(), Recording.NONE)) {
                return UnpairedLoss.Kto.baseline(
                        UnpairedBatch.completions(batch.mismatchedAnswers(), tape.logps(), referenceLogps));
            }
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
    /// @param sources of the answers that it was computed from
    private void requireFinite(String what, double value, String sources) {
        if (Double.isFinite(value)) {
            return;
        }
        String checkpoint = run.checkpoints().list().reversed().stream()
                .filter(saved -> saved.step() < progress.step())
                .findFirst()
                .map(saved -> "the last good checkpoint is " + saved.folder())
                .orElse("there is no earlier checkpoint");
        throw new AlignException.Tensor("after step " + progress.step() + ": " + what + " is " + value + "; "
                + checkpoint + ". Lower learning_rate, set max_grad_norm, or look at the answers: " + sources);
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
        UnpairedMetrics means = new UnpairedMetrics();
        for (UnpairedBatch batch : batches.evaluation()) {
            if (interruption.requested()) {
                // a resumed run evaluates anew
                return;
            }
            try (Scope scope = Scope.open();
                    Tape tape = learner.model().forward(batch.packed(), Wanted.logps(), Recording.NONE)) {
                Completions completions = UnpairedBatch.completions(
                        batch.answers(), tape.logps(), reference.of(batch.packed(), batch.answers()));
                loss(batch, completions, config.loss() instanceof UnpairedLoss.Kto ? baseline(batch) : 0, means);
            }
        }
        requireFinite("evaluation loss", means.loss(), "all held out");
        progress = progress.evaluated(means.loss());
        listener.on(new RunEvent.Evaluated(progress.step(), means.named("eval/")));
    }

    private void sample() {
        List<Map<String, String>> lines = answers.now(interruption::requested);
        lines.forEach(line -> listener.on(new RunEvent.Sample(progress.step(), line)));
    }

    private void save() {
        // older ones go only after another step, which shows that the newest is sound
        run.checkpoints().keep(config.keep());
        Map<String, Double> numbers = new LinkedHashMap<>(progress.numbers());
        numbers.putAll(ratios.numbers());
        Path folder = run.checkpoints()
                .save(progress.step(), target -> learner.save(target, progress.step(), numbers, optimization));
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

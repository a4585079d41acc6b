package org.align4j.train;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.checkpoint.TrainingState;
import org.align4j.data.BatchPlan;
import org.align4j.data.PackedBatch;
import org.align4j.data.TokenizedExample;
import org.align4j.error.AlignException;
import org.align4j.loss.LoadBalancing;
import org.align4j.loss.TokenLoss;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.optim.LrSchedule;
import org.align4j.optim.OptimizerConfig;
import org.align4j.run.Checkpoints;
import org.align4j.run.Interruption;
import org.align4j.run.Metrics;
import org.align4j.run.ProcessMemory;
import org.align4j.run.Provenance;
import org.align4j.run.RunDirectory;
import org.align4j.run.RunEvent;
import org.align4j.run.RunListener;
import org.align4j.run.RunRecorder;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;

/// Supervised fine-tuning: next-token cross entropy on demonstrations (step 1 of InstructGPT, Ouyang et al. 2022).
public final class SftTrainer {
    private final SftConfig config;
    private final Learner learner;
    private final BatchPlan plan;
    private final List<TokenizedExample> train;
    private final List<PackedBatch> evaluation;
    private final RunDirectory run;
    private final RunListener listener;
    private final Interruption interruption;
    private final Resume resume;
    private final long totalSteps;

    private long step;
    private long tokens;
    private double bestLoss = Double.POSITIVE_INFINITY;
    private int worse;
    private Optional<Double> lastLoss = Optional.empty();

    /// Trains until the end, an early stop or an interruption. Everything that lasts is in the run's folder.
    ///
    /// @param resume how to treat a run that is in the folder already
    /// @throws AlignException for faults of the configuration, the data or the model, and a loss that is not finite
    public static void run(SftConfig config, Resume resume, RunListener listener, Interruption interruption) {
        try (Scope scope = Scope.open();
                Learner learner = Learner.load(config, resume)) {
            SupervisedData data =
                    SupervisedData.load(config.data(), config.seed(), learner.tokenizer(), learner.template());
            Map<String, Object> provenance = Provenance.of(data.files());
            try (RunDirectory run = resume.wanted()
                            ? RunDirectory.resume(config.output(), config, provenance)
                            : RunDirectory.create(config.output(), config, provenance);
                    RunRecorder recorder = new RunRecorder(run, learner.firstStep(), Clock.systemUTC())) {
                RunListener all = RunListener.all(recorder, listener);
                data.notes().forEach(note -> all.on(new RunEvent.Noted(note)));
                new SftTrainer(config, learner, data, run, all, interruption, resume).train();
            }
        }
    }

    private SftTrainer(
            SftConfig config,
            Learner learner,
            SupervisedData data,
            RunDirectory run,
            RunListener listener,
            Interruption interruption,
            Resume resume) {
        this.config = config;
        this.resume = resume;
        this.learner = learner;
        this.run = run;
        this.listener = listener;
        this.interruption = interruption;
        this.train = data.train();
        plan = BatchPlan.of(
                train, sizing(), config.gradientAccumulation(), config.data().shuffle(), config.seed());
        totalSteps = config.maxSteps() > 0 ? config.maxSteps() : plan.steps(config.epochs());
        evaluation = data.evaluation().isEmpty()
                ? List.of()
                : BatchPlan.of(data.evaluation(), evaluationSizing(data.evaluation()), 1, false, 0).epoch(0).stream()
                        .flatMap(batch -> batch.pack(data.evaluation()).stream())
                        .toList();
    }

    private BatchPlan.Sizing sizing() {
        return config.batchSize() > 0
                ? new BatchPlan.ByCount(config.batchSize())
                : new BatchPlan.ByTokens(config.maxTokens(), true);
    }

    private BatchPlan.Sizing evaluationSizing(List<TokenizedExample> examples) {
        int longest = examples.stream().mapToInt(TokenizedExample::length).max().orElseThrow();
        return new BatchPlan.ByTokens(Math.max(longest, config.maxTokens()), true);
    }

    private void train() {
        try (Optimization optimization = new Optimization(
                learner.parameters(),
                OptimizerConfig.named(config.optimizer(), config.optimizerOptions()),
                config.weightDecay(),
                schedule(),
                config.maxGradNorm())) {
            learner.resumedFrom().ifPresent(checkpoint -> restore(checkpoint, optimization));
            run.rewind(step);
            listener.on(new RunEvent.Started(config.output(), step, totalSteps));
            if (step == 0) {
                evaluate();
            }
            Iterator<BatchPlan.Step> steps = plan.from(step);
            while (step < totalSteps && !interruption.requested() && !stoppedEarly()) {
                // 1. one window of micro batches, one optimiser step
                learn(optimization, steps.next().pack(train));
                // 2. look at the held-out examples
                if (due(config.evalEvery())) {
                    evaluate();
                }
                // 3. make it last
                if (due(config.saveEvery())) {
                    save(optimization);
                }
            }
            finish(optimization);
        }
    }

    private boolean due(int every) {
        return every > 0 && step % every == 0 && step < totalSteps;
    }

    private boolean stoppedEarly() {
        return config.patience() > 0 && worse >= config.patience();
    }

    private void finish(Optimization optimization) {
        boolean interrupted = interruption.requested() && step < totalSteps;
        if (!interrupted && !due(config.evalEvery())) {
            evaluate();
        }
        if (run.checkpoints().newest().map(Checkpoints.Checkpoint::step).orElse(-1L) != step) {
            save(optimization);
        }
        listener.on(interrupted ? new RunEvent.Interrupted(step) : new RunEvent.Finished(step));
    }

    private LrSchedule schedule() {
        return LrSchedule.named(
                config.schedule(), config.learningRate(), config.warmupSteps(), totalSteps, config.scheduleOptions());
    }

    /// The loss of the window's tokens is divided by their number in the whole window, so that accumulation 2 × 4
    /// equals 1 × 8.
    private void learn(Optimization optimization, List<PackedBatch> window) {
        long start = System.nanoTime();
        long trained = window.stream().mapToLong(PackedBatch::trainedTokens).sum();
        long seen = window.stream().mapToLong(PackedBatch::tokenCount).sum();
        double loss = 0;
        optimization.startWindow();
        for (int i = 0; i < window.size(); i++) {
            loss += backward(window.get(i), trained, i);
        }
        Optimization.Outcome outcome = optimization.step(step);
        step++;
        tokens += seen;
        if (!Double.isFinite(loss) || !Double.isFinite(outcome.gradientNorm())) {
            fail(loss, outcome.gradientNorm());
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(Metrics.LOSS, loss);
        metrics.put(Metrics.LEARNING_RATE, outcome.learningRate());
        metrics.put(Metrics.GRAD_NORM, outcome.gradientNorm());
        metrics.put(Metrics.TOKENS, (double) tokens);
        metrics.put(Metrics.TOKENS_PER_SECOND, seen / seconds);
        metrics.put(Metrics.STEP_SECONDS, seconds);
        ProcessMemory.peakRss().ifPresent(bytes -> metrics.put(Metrics.PEAK_RSS, (double) bytes));
        listener.on(new RunEvent.Step(step, metrics));
    }

    /// Accumulates the gradient of one micro batch; its part of the window's loss.
    private double backward(PackedBatch batch, long trained, int microBatch) {
        Wanted wanted = Wanted.logps()
                .withNoise(config.neftuneAlpha())
                .withSeed(((config.seed() * 31) + step) * 1009 + microBatch);
        boolean smoothed = config.labelSmoothing() > 0;
        CausalLm model = learner.model();
        try (Scope scope = Scope.open();
                Tape tape = model.forward(
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

    private void fail(double loss, double norm) {
        String what = "step " + step + ": loss " + loss + ", gradient norm " + norm;
        listener.on(new RunEvent.Failed(step, what));
        throw new AlignException.Tensor(
                what + "; weights are as before this step and not saved; the last checkpoint is "
                        + run.checkpoints()
                                .newest()
                                .map(last -> last.folder().toString())
                                .orElse("none")
                        + ". Lower learning_rate, set max_grad_norm, or look at the data of this step");
    }

    private void evaluate() {
        if (evaluation.isEmpty()) {
            return;
        }
        double sum = 0;
        long count = 0;
        for (PackedBatch batch : evaluation) {
            try (Scope scope = Scope.open();
                    Tape tape = learner.model().forward(batch, Wanted.logps(), Recording.NONE)) {
                sum -= tape.logps().sum().item();
                count += batch.trainedTokens();
            }
        }
        double loss = sum / count;
        listener.on(new RunEvent.Evaluated(step, Map.of(Metrics.EVAL_LOSS, loss)));
        worse = loss < bestLoss ? 0 : worse + 1;
        bestLoss = Math.min(bestLoss, loss);
        lastLoss = Optional.of(loss);
    }

    private void save(Optimization optimization) {
        TrainingState state = new TrainingState(
                step,
                Map.of("tokens", (double) tokens, "best_loss", bestLoss, "worse", (double) worse),
                learner.environment());
        Path folder = run.checkpoints().save(step, target -> {
            learner.save(target);
            state.save(target, optimization.optimizer());
        });
        if (lastLoss.filter(loss -> loss == bestLoss).isPresent()) {
            run.checkpoints().markBest(step, bestLoss);
        }
        run.checkpoints().keep(config.keep());
        listener.on(new RunEvent.Saved(step, folder));
    }

    private void restore(Path checkpoint, Optimization optimization) {
        TrainingState state = TrainingState.read(checkpoint);
        resume.check(checkpoint, state.environment(), learner.environment());
        TrainingState.restore(checkpoint, optimization.optimizer());
        step = state.step();
        tokens = state.numbers().getOrDefault("tokens", 0.0).longValue();
        bestLoss = state.numbers().getOrDefault("best_loss", Double.POSITIVE_INFINITY);
        worse = state.numbers().getOrDefault("worse", 0.0).intValue();
    }
}

package org.align4j.train;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.align4j.data.PackedBatch;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.TokenizedComparison;
import org.align4j.data.preference.Judgement;
import org.align4j.error.AlignException;
import org.align4j.loss.Centring;
import org.align4j.loss.LoadBalancing;
import org.align4j.loss.RewardLoss;
import org.align4j.loss.TokenLoss;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.random.CounterRandom;
import org.align4j.rl.JudgedScores;
import org.align4j.rl.RewardEvaluation;
import org.align4j.rl.RewardNormalisation;
import org.align4j.rl.Scores;
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
import org.align4j.train.RewardBatches.Window;

/// A reward model from comparisons, by maximum likelihood (step 2 of InstructGPT, Ouyang et al. 2022): the language
/// model with a scalar head on each answer's last token.
public final class RewardTrainer {
    private static final String EVAL = "eval/";

    private final RewardConfig config;
    private final RewardLoss loss;
    private final Learner learner;
    private final Optimization optimization;
    private final RewardBatches batches;
    private final List<TokenizedComparison> evaluation;
    private final List<TokenizedExample> demonstrations;
    private final RunDirectory run;
    private final RunListener listener;
    private final Interruption interruption;
    private Progress progress = Progress.START;

    /// Trains until the end, an early stop or an interruption. Everything that lasts is in the run's folder.
    ///
    /// @param resume how to treat a run that is in the folder already
    /// @throws AlignException for faults of the configuration, the data or the model, and a loss that is not finite
    public static void run(RewardConfig config, Resume resume, RunListener listener, Interruption interruption) {
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
                Learner learner = Learner.load(config.learner(), checkpoint.orElse(config.model()))) {
            PreferenceData all = PreferenceData.load(
                    config.data(),
                    config.seed(),
                    learner.loaded().tokenizer(),
                    learner.loaded().template(),
                    learner.model().architecture());
            PreferenceData data = all.usable(config.loss().loss()::uses);
            RewardBatches batches = RewardBatches.of(config, data.train());
            List<TokenizedExample> demonstrations = Demonstrations.of(config, data.train(), learner.loaded());
            try (Optimization optimization = config.optimization(learner.parameters(), batches.totalSteps());
                    RunDirectory run = resume.wanted()
                            ? RunDirectory.resume(config.output(), config, provenance)
                            : RunDirectory.create(config.output(), config, provenance)) {
                // 3. the run
                Progress start = checkpoint
                        .map(folder -> learner.restore(folder, optimization, resume))
                        .orElse(Progress.START);
                run.rewind(checkpoint.isPresent() ? start.step() : -1);
                try (RunRecorder recorder = new RunRecorder(run, start.step(), Clock.systemUTC())) {
                    RunListener everyone = RunListener.all(recorder, listener);
                    data.notes().forEach(note -> everyone.on(new RunEvent.Noted(note)));
                    data.warnings().forEach(warning -> everyone.on(new RunEvent.Warned(warning)));
                    new RewardTrainer(
                                    config,
                                    learner,
                                    optimization,
                                    batches,
                                    data.evaluation(),
                                    demonstrations,
                                    run,
                                    everyone,
                                    interruption)
                            .trainFrom(start);
                }
            }
        }
    }

    private RewardTrainer(
            RewardConfig config,
            Learner learner,
            Optimization optimization,
            RewardBatches batches,
            List<TokenizedComparison> evaluation,
            List<TokenizedExample> demonstrations,
            RunDirectory run,
            RunListener listener,
            Interruption interruption) {
        this.config = config;
        this.loss = config.loss().loss();
        this.learner = learner;
        this.optimization = optimization;
        this.batches = batches;
        this.evaluation = evaluation;
        this.demonstrations = demonstrations;
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
            // 2. look at the held-out comparisons
            evaluateIfDue();
            listener.on(new RunEvent.Step(progress.step(), metrics));
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

    /// One optimiser step. Each loss is divided by the comparisons of the whole window, so that accumulating 2 × 4
    /// equals 1 × 8.
    ///
    /// @return the step's metrics
    private Map<String, Double> learn(Window window) {
        long start = System.nanoTime();
        double total = 0;
        long tokens = 0;
        List<JudgedScores> judged = new ArrayList<>();
        optimization.startWindow();
        for (int i = 0; i < window.microBatches().size(); i++) {
            List<TokenizedComparison> comparisons = window.microBatches().get(i);
            tokens += comparisons.stream().mapToInt(TokenizedComparison::length).sum();
            total += backward(comparisons, window, i, judged);
        }
        requireFinite("loss", total, window.sources());
        Optimization.Outcome outcome = optimization.step(progress.step());
        requireFinite("gradient norm", outcome.gradientNorm(), window.sources());
        progress = progress.stepped(tokens);
        double seconds = (System.nanoTime() - start) / 1e9;
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(Metrics.LOSS, total);
        metrics.putAll(scoreMetrics(judged));
        metrics.put(Metrics.LEARNING_RATE, outcome.learningRate());
        metrics.put(Metrics.GRAD_NORM, outcome.gradientNorm());
        metrics.put(Metrics.TOKENS, (double) progress.tokens());
        metrics.put(Metrics.TOKENS_PER_SECOND, tokens / seconds);
        metrics.put(Metrics.STEP_SECONDS, seconds);
        ProcessMemory.peakRss().ifPresent(bytes -> metrics.put(Metrics.PEAK_RSS, (double) bytes));
        return metrics;
    }

    private static Map<String, Double> scoreMetrics(List<JudgedScores> judged) {
        double[] scores = judged.stream()
                .flatMap(each -> each.scores().stream())
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        RewardEvaluation now = RewardEvaluation.of(judged);
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("min_reward", scores[0]);
        metrics.put("mean_reward", java.util.Arrays.stream(scores).average().orElseThrow());
        metrics.put("max_reward", scores[scores.length - 1]);
        if (now.pairs() > 0) {
            metrics.put("accuracy", now.accuracy());
            metrics.put("margin", now.meanMargin());
        }
        return metrics;
    }

    /// Accumulates the gradient of one micro batch.
    ///
    /// @param judged gets its scores
    /// @return its part of the window's loss
    private double backward(
            List<TokenizedComparison> comparisons, Window window, int microBatch, List<JudgedScores> judged) {
        PackedBatch batch = learner.model().pack(comparisons.stream().map(this::outputs).toList());
        Wanted wanted = config.languageModelling() > 0 ? Wanted.logps() : Wanted.scores();
        try (Scope scope = Scope.open();
                Tape tape = learner.model()
                        .forward(
                                batch,
                                wanted.withScores(batch.ends())
                                        .withSeed(CounterRandom.of(config.seed(), "forward")
                                                .bits(progress.step(), microBatch)),
                                config.lean() ? Recording.RECOMPUTE : Recording.KEEP)) {
            // 1. the labelers' likelihood, and a level for the scores
            Tensor sum = likelihood(tape.scores(), comparisons, judged);
            Tensor part = sum.mul(1.0 / window.comparisons());
            // 2. what the model knew before
            if (config.languageModelling() > 0) {
                part = part.add(TokenLoss.negativeLogLikelihood(tape.logps(), bestTokens(window))
                        .mul(config.languageModelling()));
            }
            double value = part.item();
            if (!tape.routerScores().isEmpty()) {
                part = part.add(balancing(tape, comparisons.size() / (double) window.comparisons()));
            }
            part.backward();
            tape.backward();
            return value;
        }
    }

    /// The outputs as they are packed. Only the best one's tokens are targets, of the language-modelling regulariser.
    private List<TokenizedExample> outputs(TokenizedComparison comparison) {
        if (config.languageModelling() == 0) {
            return comparison.outputs();
        }
        TokenizedExample best = Demonstrations.best(comparison);
        return comparison.outputs().stream()
                .map(output -> output == best ? output : output.untrained())
                .toList();
    }

    private static long bestTokens(Window window) {
        return window.microBatches().stream()
                .flatMap(List::stream)
                .mapToLong(comparison -> Demonstrations.best(comparison).trainedTokens())
                .sum();
    }

    /// The sum of all comparisons' losses.
    private Tensor likelihood(Tensor scores, List<TokenizedComparison> comparisons, List<JudgedScores> judged) {
        float[] numbers = scores.toFloats();
        List<Tensor> losses = new ArrayList<>();
        int at = 0;
        for (TokenizedComparison comparison : comparisons) {
            int count = comparison.outputs().size();
            Judgement judgement = comparison.comparison().judgement();
            Tensor own = scores.narrow(0, at, count);
            Tensor each = loss.of(own, comparison.comparison().ids(), judgement);
            losses.add(config.centring() > 0 ? each.add(Centring.of(own).mul(config.centring())) : each);
            judged.add(JudgedScores.of(comparison, java.util.Arrays.copyOfRange(numbers, at, at + count)));
            at += count;
        }
        return Tensor.stack(losses, 0).sum();
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
                + checkpoint + ". Lower learning_rate, set max_grad_norm, or look at the comparisons: " + examples);
    }

    private boolean evaluationDue() {
        boolean last = progress.step() >= batches.totalSteps();
        return !evaluation.isEmpty()
                && progress.evaluatedStep() != progress.step()
                && (progress.step() == 0 || last || every(config.evalEvery()));
    }

    private void evaluateIfDue() {
        if (!evaluationDue()) {
            return;
        }
        List<float[]> scores = Scores.of(
                learner.model(),
                evaluation.stream().map(TokenizedComparison::outputs).toList(),
                config.maxTokens(),
                interruption::requested);
        if (scores.size() < evaluation.size()) {
            // a resumed run evaluates anew
            return;
        }
        double total = 0;
        List<JudgedScores> judged = new ArrayList<>();
        for (int i = 0; i < scores.size(); i++) {
            try (Scope scope = Scope.open()) {
                total += likelihood(Tensor.of(scores.get(i)), List.of(evaluation.get(i)), judged)
                        .item();
            }
        }
        double mean = total / evaluation.size();
        requireFinite("evaluation loss", mean, "all held out");
        progress = progress.evaluated(mean);
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(Metrics.EVAL_LOSS, mean);
        RewardEvaluation found = RewardEvaluation.of(judged);
        if (found.pairs() > 0) {
            found.metrics().forEach((name, value) -> metrics.put(EVAL + name, value));
        }
        listener.on(new RunEvent.Evaluated(progress.step(), metrics));
    }

    private void save() {
        // older ones go only after another step, which shows that the newest is sound
        run.checkpoints().keep(config.keep());
        Path folder = run.checkpoints().save(progress.step(), this::write);
        markIfBest();
        listener.on(new RunEvent.Saved(progress.step(), folder));
    }

    private void write(Path target) throws IOException {
        learner.save(target, progress, optimization);
        if (!demonstrations.isEmpty()) {
            normalisation().write(target);
        }
    }

    private RewardNormalisation normalisation() {
        List<float[]> scores = Scores.of(
                learner.model(),
                demonstrations.stream().map(List::of).toList(),
                config.maxTokens(),
                () -> false);
        double mean = IntStream.range(0, scores.size())
                .mapToDouble(i -> scores.get(i)[0])
                .average()
                .orElseThrow();
        boolean chat = config.data().chat().orElse(learner.loaded().template().isPresent());
        return new RewardNormalisation(-mean, scores.size(), chat);
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

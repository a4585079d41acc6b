package org.align4j.train.reward;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.align4j.data.PackedBatch;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.TokenizedComparison;
import org.align4j.loss.LoadBalancing;
import org.align4j.loss.TokenLoss;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.random.CounterRandom;
import org.align4j.rl.JudgedScores;
import org.align4j.rl.RewardEvaluation;
import org.align4j.rl.RewardNormalisation;
import org.align4j.rl.Scores;
import org.align4j.run.Interruption;
import org.align4j.run.Metrics;
import org.align4j.run.RunEvent;
import org.align4j.run.RunListener;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.train.Learner;
import org.align4j.train.Optimization;
import org.align4j.train.Resume;
import org.align4j.train.RunStart;
import org.align4j.train.TrainingLoop;
import org.align4j.train.preference.PreferenceData;
import org.align4j.train.reward.RewardBatches.Window;

/// A reward model from comparisons, by maximum likelihood (step 2 of InstructGPT, Ouyang et al.
/// 2022): the language model with a scalar head on each answer's last token.
public final class RewardTrainer {
    private final RewardConfig config;
    private final RewardObjective objective;
    private final CausalLm model;
    private final Optimization optimization;
    private final List<TokenizedComparison> heldOut;
    private final TrainingLoop loop;
    private final Iterator<Window> windows;

    /// Trains until the end, an early stop or an interruption. Everything that lasts is in the
    /// run's folder.
    ///
    /// @param resume how to treat a run that is in the folder already
    /// @throws AlignException for faults of the configuration, the data or the model, and a loss
    ///     that is not finite
    public static void run(RewardConfig config, Resume resume, RunListener listener, Interruption interruption) {
        // 1. what can be refused at once
        Device.parse(config.device());
        RunStart start = RunStart.of(config.output(), config, config.files(), resume);
        // 2. whatever else can fail, before there is a folder of a run that never began
        try (Scope scope = Scope.open();
                Learner learner =
                        Learner.load(config.learner(), start.checkpoint().orElse(config.model()))) {
            PreferenceData data = PreferenceData.load(
                            config.data(),
                            config.seed(),
                            learner.loaded().tokenizer(),
                            learner.loaded().template(),
                            learner.model().architecture())
                    .usable(config.loss().loss()::uses);
            RewardBatches batches = RewardBatches.of(config, data.train());
            Demonstrations demonstrations = Demonstrations.of(config, data.train(), learner.loaded());
            learner.saveWith(folder ->
                    normalisation(config, learner, demonstrations.examples()).write(folder));
            List<RunEvent> news = new ArrayList<>(data.news());
            demonstrations.notes().forEach(note -> news.add(new RunEvent.Noted(note)));
            ScoredAnswers answers = new ScoredAnswers(
                    learner.model(),
                    learner.loaded().tokenizer(),
                    data.evaluation().isEmpty() ? data.train() : data.evaluation(),
                    config.batches().maxTokens());
            try (Optimization optimization = config.optimization().over(learner.parameters(), batches.totalSteps())) {
                // 3. the run
                start.run(
                        batches.plan(config, !data.evaluation().isEmpty()),
                        learner,
                        optimization,
                        news,
                        listener,
                        interruption,
                        loop -> {
                            RewardTrainer trainer = new RewardTrainer(
                                    config, learner.model(), optimization, batches, data.evaluation(), loop);
                            return new TrainingLoop.Algorithm(
                                    trainer::learn, trainer::evaluate, () -> answers.now(loop::interrupted));
                        });
            }
        }
    }

    private RewardTrainer(
            RewardConfig config,
            CausalLm model,
            Optimization optimization,
            RewardBatches batches,
            List<TokenizedComparison> heldOut,
            TrainingLoop loop) {
        this.config = config;
        this.objective = new RewardObjective(config.loss().loss(), config.centring());
        this.model = model;
        this.optimization = optimization;
        this.heldOut = heldOut;
        this.loop = loop;
        windows = batches.from(loop.step());
    }

    /// One window of micro batches. Each loss is divided by the comparisons of the whole window, so
    /// that accumulating 2 × 4 equals 1 × 8.
    private Map<String, Double> learn() {
        long start = System.nanoTime();
        Window window = windows.next();
        List<JudgedScores> judged = new ArrayList<>();
        double loss = 0;
        optimization.startWindow();
        for (int i = 0; i < window.microBatches().size(); i++) {
            loss += backward(window.microBatches().get(i), window, i, judged);
        }
        Map<String, Double> metrics = new LinkedHashMap<>(loop.step(loss, window.tokens(), window.sources(), start));
        metrics.putAll(scoreMetrics(judged));
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
        metrics.put("mean_reward", Arrays.stream(scores).average().orElseThrow());
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
        PackedBatch batch = model.pack(comparisons.stream().map(this::outputs).toList());
        Wanted wanted = config.languageModelling() > 0 ? Wanted.logps() : Wanted.scores();
        long seed = CounterRandom.of(config.seed(), "forward").bits(loop.step(), microBatch);
        try (Scope scope = Scope.open();
                Tape tape = model.forward(
                        batch,
                        wanted.withScores(batch.ends()).withSeed(seed),
                        config.lean() ? Recording.RECOMPUTE : Recording.KEEP)) {
            // 1. what the labelers say
            Tensor loss = objective.of(tape.scores(), comparisons, judged).mul(1.0 / window.comparisons());
            // 2. what the model knew before
            if (config.languageModelling() > 0) {
                loss = loss.add(TokenLoss.negativeLogLikelihood(tape.logps(), bestTokens(window))
                        .mul(config.languageModelling()));
            }
            double value = loss.item();
            if (!tape.routerScores().isEmpty()) {
                loss = loss.add(balancing(tape, comparisons.size() / (double) window.comparisons()));
            }
            loss.backward();
            tape.backward();
            return value;
        }
    }

    /// The outputs as they are packed. Only the best one's tokens are targets, of the
    /// language-modelling regulariser.
    private List<TokenizedExample> outputs(TokenizedComparison comparison) {
        if (config.languageModelling() == 0) {
            return comparison.outputs();
        }
        TokenizedExample best = Demonstrations.best(comparison);
        return comparison.outputs().stream()
                .map(output -> output.equals(best) ? output : output.untrained())
                .toList();
    }

    private static long bestTokens(Window window) {
        return window.microBatches().stream()
                .flatMap(List::stream)
                .mapToLong(comparison -> Demonstrations.best(comparison).trainedTokens())
                .sum();
    }

    private Tensor balancing(Tape tape, double share) {
        return model.architecture()
                .experts()
                .map(experts -> LoadBalancing.of(tape.routerScores(), experts.perToken())
                        .mul(experts.auxiliaryLoss() * share))
                .orElseThrow();
    }

    private Map<String, Double> evaluate() {
        List<float[]> scores = Scores.of(
                model,
                heldOut.stream().map(TokenizedComparison::outputs).toList(),
                config.batches().maxTokens(),
                loop::interrupted);
        if (scores.size() < heldOut.size()) {
            return Map.of();
        }
        double total = 0;
        List<JudgedScores> judged = new ArrayList<>();
        for (int i = 0; i < scores.size(); i++) {
            try (Scope scope = Scope.open()) {
                total += objective
                        .of(Tensor.of(scores.get(i)), List.of(heldOut.get(i)), judged)
                        .item();
            }
        }
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(Metrics.EVAL_LOSS, total / heldOut.size());
        RewardEvaluation found = RewardEvaluation.of(judged);
        if (found.pairs() > 0) {
            found.metrics().forEach((name, value) -> metrics.put("eval/" + name, value));
        }
        return metrics;
    }

    /// Without demonstrations nothing is shifted; how texts are written is told in any case.
    private static RewardNormalisation normalisation(
            RewardConfig config, Learner learner, List<TokenizedExample> demonstrations) {
        List<float[]> scores = Scores.of(
                learner.model(),
                demonstrations.stream().map(List::of).toList(),
                config.batches().maxTokens(),
                () -> false);
        double mean = scores.stream().mapToDouble(each -> each[0]).average().orElse(0);
        boolean chat = config.data().chat().orElse(learner.loaded().template().isPresent());
        return new RewardNormalisation(0 - mean, scores.size(), chat);
    }
}

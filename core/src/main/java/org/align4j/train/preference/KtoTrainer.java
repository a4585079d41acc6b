package org.align4j.train.preference;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.data.PackedBatch;
import org.align4j.data.TokenizedExample;
import org.align4j.loss.preference.Completions;
import org.align4j.loss.preference.RunningMean;
import org.align4j.loss.preference.UnpairedLoss;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.random.CounterRandom;
import org.align4j.run.Interruption;
import org.align4j.run.RunEvent;
import org.align4j.run.RunListener;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.train.Balancing;
import org.align4j.train.Learner;
import org.align4j.train.Optimization;
import org.align4j.train.Resume;
import org.align4j.train.RunStart;
import org.align4j.train.SampledAnswers;
import org.align4j.train.TrainingLoop;
import org.align4j.train.preference.UnpairedBatches.Window;

/// Learning from answers that are good or bad by themselves: KTO, Ethayarajh et al. 2024, and its
/// family. The loss is a function of the log-probabilities of whole answers under the policy and
/// the reference.
public final class KtoTrainer {
    private final KtoConfig config;
    private final CausalLm model;
    private final ReferenceLogps reference;
    private final Optimization optimization;
    private final UnpairedBatches batches;
    private final TrainingLoop loop;
    private final Iterator<Window> windows;
    private RunningMean ratios;

    /// Trains until the end, an early stop or an interruption. Everything that lasts is in the
    /// run's folder.
    ///
    /// @param resume how to treat a run that is in the folder already
    /// @throws AlignException for faults of the configuration, the data or the model, and a loss
    ///     that is not finite
    public static void run(KtoConfig config, Resume resume, RunListener listener, Interruption interruption) {
        // 1. what can be refused at once
        Device.parse(config.device());
        RunStart start = RunStart.of(config.output(), config, config.data().files(), resume);
        // 2. whatever else can fail, before there is a folder of a run that never began
        try (Scope scope = Scope.open();
                Learner learner =
                        Learner.load(config.learner(), start.checkpoint().orElse(config.model()))) {
            PreferenceData data = PreferenceData.load(
                    config.data(),
                    config.seed(),
                    learner.loaded().tokenizer(),
                    learner.loaded().template(),
                    learner.model().architecture());
            UnpairedBatches batches = UnpairedBatches.of(config, data);
            // 3. the reference, which may take long
            boolean untrained = start.checkpoint().isEmpty();
            Optional<ReferenceLogps> reference = config.referencePass(listener, interruption)
                    .of(learner, untrained, batches.sequences(config.loss() instanceof UnpairedLoss.Kto));
            if (reference.isEmpty()) {
                listener.on(new RunEvent.Interrupted(0));
                return;
            }
            SampledAnswers answers = new SampledAnswers(learner.loaded(), data.shown());
            List<RunEvent> news = new ArrayList<>(data.news());
            batches.notes().forEach(note -> news.add(new RunEvent.Noted(note)));
            batches.warnings().forEach(warning -> news.add(new RunEvent.Warned(warning)));
            try (Optimization optimization = config.optimization().over(learner.parameters(), batches.totalSteps())) {
                // 4. the run
                start.run(batches.plan(config), learner, optimization, news, listener, interruption, loop -> {
                    KtoTrainer trainer =
                            new KtoTrainer(config, learner.model(), reference.get(), optimization, batches, loop);
                    return new TrainingLoop.Algorithm(
                            trainer::learn, trainer::evaluate, () -> answers.now(loop::interrupted));
                });
            }
        }
    }

    private KtoTrainer(
            KtoConfig config,
            CausalLm model,
            ReferenceLogps reference,
            Optimization optimization,
            UnpairedBatches batches,
            TrainingLoop loop) {
        this.config = config;
        this.model = model;
        this.reference = reference;
        this.optimization = optimization;
        this.batches = batches;
        this.loop = loop;
        windows = batches.from(loop.step());
        ratios = RunningMean.of(loop.memory());
    }

    /// One window of micro batches. Each loss is divided by the answers of the whole window.
    private Map<String, Double> learn() {
        long start = System.nanoTime();
        Window window = windows.next();
        UnpairedMetrics means = new UnpairedMetrics();
        optimization.startWindow();
        for (int i = 0; i < window.microBatches().size(); i++) {
            backward(window.microBatches().get(i), window.examples(), i, means);
        }
        loop.remember(ratios.numbers());
        Map<String, Double> metrics = new LinkedHashMap<>(means.named(""));
        metrics.putAll(loop.step(means.loss(), window.tokens(), window.sources(), start));
        return metrics;
    }

    /// Accumulates the gradient of one micro batch.
    ///
    /// @param answers what the window's loss is a mean over
    private void backward(UnpairedBatch batch, long answers, int microBatch, UnpairedMetrics means) {
        Wanted wanted = Wanted.logps()
                .withSeed(CounterRandom.of(config.seed(), "forward").bits(loop.step(), microBatch));
        try (Scope scope = Scope.open()) {
            PackedBatch packed = PackedBatch.of(batch.answers());
            // what has no way back first: what the other needs is not in memory yet
            Tensor referenceLogps = reference.of(packed, batch.answers());
            double baseline = baseline(batch);
            try (Tape tape = model.forward(packed, wanted, config.lean() ? Recording.RECOMPUTE : Recording.KEEP)) {
                Completions completions = UnpairedBatch.completions(batch.answers(), tape.logps(), referenceLogps);
                if (config.loss() instanceof UnpairedLoss.Bco) {
                    ratios = ratios.with(completions.ratios().toFloats());
                }
                double share = batch.examples().size() / (double) answers;
                Tensor loss = loss(batch, completions, baseline, means).mul(1.0 / answers);
                Balancing.add(loss, tape, model, share).backward();
                tape.backward();
            }
        }
    }

    /// The sum of the answers' weighted losses.
    private Tensor loss(UnpairedBatch batch, Completions completions, double baseline, UnpairedMetrics means) {
        double origin = config.loss() instanceof UnpairedLoss.Bco ? ratios.mean() : baseline;
        Tensor weights = batch.perExample(config.desirableWeight(), config.undesirableWeight(), model.device());
        Tensor loss = config.loss()
                .of(completions, batch.signs(model.device()), origin)
                .mul(weights)
                .sum();
        means.add(batch, completions, config.loss(), origin, loss.item());
        return loss;
    }

    /// KTO's estimate of KL(π ‖ π_ref), of answers to other prompts; 0 for losses that don't look
    /// at it.
    private double baseline(UnpairedBatch batch) {
        if (!(config.loss() instanceof UnpairedLoss.Kto)) {
            return 0;
        }
        List<TokenizedExample> mismatched = batch.mismatchedAnswers();
        try (Scope scope = Scope.open()) {
            PackedBatch packed = PackedBatch.of(mismatched);
            Tensor referenceLogps = reference.of(packed, mismatched);
            try (Tape tape = model.forward(packed, Wanted.logps(), Recording.NONE)) {
                return UnpairedLoss.Kto.baseline(UnpairedBatch.completions(mismatched, tape.logps(), referenceLogps));
            }
        }
    }

    private Map<String, Double> evaluate() {
        UnpairedMetrics means = new UnpairedMetrics();
        for (UnpairedBatch batch : batches.evaluation()) {
            if (loop.interrupted()) {
                return Map.of();
            }
            try (Scope scope = Scope.open()) {
                PackedBatch packed = PackedBatch.of(batch.answers());
                Tensor referenceLogps = reference.of(packed, batch.answers());
                double baseline = baseline(batch);
                try (Tape tape = model.forward(packed, Wanted.logps(), Recording.NONE)) {
                    loss(
                            batch,
                            UnpairedBatch.completions(batch.answers(), tape.logps(), referenceLogps),
                            baseline,
                            means);
                }
            }
        }
        return means.named("eval/");
    }
}

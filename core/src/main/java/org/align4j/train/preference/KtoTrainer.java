package org.align4j.train.preference;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
import org.align4j.run.RunListener;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.train.Balancing;
import org.align4j.train.Optimization;
import org.align4j.train.Resume;
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
    /// @throws org.align4j.error.AlignException for faults of the configuration, the data or the
    ///     model, and a loss
    ///     that is not finite
    public static void run(KtoConfig config, Resume resume, RunListener listener, Interruption interruption) {
        PreferenceRun.of(
                config,
                data -> UnpairedBatches.of(config, data),
                run -> {
                    KtoTrainer trainer = new KtoTrainer(config, run);
                    return new PreferenceRun.Method(trainer::learn, trainer::evaluate);
                },
                resume,
                listener,
                interruption);
    }

    private KtoTrainer(KtoConfig config, PreferenceRun<UnpairedBatches> run) {
        this.config = config;
        model = run.model();
        reference = run.reference();
        optimization = run.optimization();
        batches = run.batches();
        loop = run.loop();
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

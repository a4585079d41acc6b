package org.align4j.train.preference;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.align4j.data.PackedBatch;
import org.align4j.loss.preference.Pairs;
import org.align4j.loss.preference.RunningMean;
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
import org.align4j.train.preference.PairBatches.Window;

/// Learning from preferences without a reward model or sampling: DPO, Rafailov et al. 2023, and its
/// family. The loss is a function of the log-probabilities of whole answers under the policy and
/// the reference.
public final class DpoTrainer {
    private final DpoConfig config;
    private final CausalLm model;
    private final ReferenceLogps reference;
    private final Optimization optimization;
    private final PairBatches batches;
    private final TrainingLoop loop;
    private final Iterator<Window> windows;
    private final FallingLikelihood falling = new FallingLikelihood();
    private RunningMean ratios;

    /// Trains until the end, an early stop or an interruption. Everything that lasts is in the
    /// run's folder.
    ///
    /// @param resume how to treat a run that is in the folder already
    /// @throws org.align4j.error.AlignException for faults of the configuration, the data or the
    ///     model, and a loss
    ///     that is not finite
    public static void run(DpoConfig config, Resume resume, RunListener listener, Interruption interruption) {
        PreferenceRun.of(
                config,
                data -> PairBatches.of(config, data),
                run -> {
                    DpoTrainer trainer = new DpoTrainer(config, run);
                    return new PreferenceRun.Method(trainer::learn, trainer::evaluate);
                },
                resume,
                listener,
                interruption);
    }

    private DpoTrainer(DpoConfig config, PreferenceRun<PairBatches> run) {
        this.config = config;
        model = run.model();
        reference = run.reference();
        optimization = run.optimization();
        batches = run.batches();
        loop = run.loop();
        windows = batches.from(loop.step());
        ratios = RunningMean.of(loop.memory());
    }

    /// One window of micro batches. Each loss is divided by the pairs of the whole window, so that
    /// accumulating 2 × 4 equals 1 × 8.
    private Map<String, Double> learn() {
        long start = System.nanoTime();
        Window window = windows.next();
        PairMetrics means = new PairMetrics();
        optimization.startWindow();
        for (int i = 0; i < window.microBatches().size(); i++) {
            backward(window.microBatches().get(i), window.units(config.loss()), i, means);
        }
        loop.remember(ratios.numbers());
        Map<String, Double> metrics = new LinkedHashMap<>(means.named(""));
        metrics.putAll(loop.step(means.loss(), window.tokens(), window.sources(), start));
        // without a reference there is nothing to have fallen from
        if (!(reference instanceof ReferenceLogps.None)) {
            falling.warning(loop.step(), means).ifPresent(loop::warn);
        }
        return metrics;
    }

    /// Accumulates the gradient of one micro batch.
    ///
    /// @param units what the window's loss is a mean over
    private void backward(PairBatch batch, long units, int microBatch, PairMetrics means) {
        Wanted wanted =
                wanted().withSeed(CounterRandom.of(config.seed(), "forward").bits(loop.step(), microBatch));
        try (Scope scope = Scope.open()) {
            PackedBatch packed = model.pack(batch.sequences());
            // the reference first: what the way back needs is not in memory yet
            Tensor referenceLogps = reference.of(packed, batch.outputs());
            try (Tape tape = model.forward(packed, wanted, config.lean() ? Recording.RECOMPUTE : Recording.KEEP)) {
                Pairs pairs = batch.pairs(tape.logps(), referenceLogps, config.ldAlpha());
                if (config.loss().usesMeanRatio()) {
                    ratios = ratios.with(pairs.chosen().ratios().toFloats())
                            .with(pairs.rejected().ratios().toFloats());
                }
                Tensor sum = losses(batch, pairs, tape).sum();
                means.add(pairs, config.loss(), sum.item(), batch.units(config.loss()));
                double share = batch.units(config.loss()) / (double) units;
                Tensor loss = sum.mul(1.0 / units);
                Balancing.add(loss, tape, model, share).backward();
                tape.backward();
            }
        }
    }

    private Wanted wanted() {
        return config.wpo() ? Wanted.logps().withConcentration() : Wanted.logps();
    }

    private Tensor losses(PairBatch batch, Pairs pairs, Tape tape) {
        Tensor losses = batch.losses(config.loss(), pairs.withMeanRatio(ratios.mean()));
        return config.wpo()
                ? losses.mul(batch.policyWeights(tape.logps().detach().sub(tape.concentration())))
                : losses;
    }

    private Map<String, Double> evaluate() {
        PairMetrics means = new PairMetrics();
        for (PairBatch batch : batches.evaluation()) {
            if (loop.interrupted()) {
                return Map.of();
            }
            try (Scope scope = Scope.open()) {
                PackedBatch packed = model.pack(batch.sequences());
                Tensor referenceLogps = reference.of(packed, batch.outputs());
                try (Tape tape = model.forward(packed, wanted(), Recording.NONE)) {
                    Pairs pairs = batch.pairs(tape.logps(), referenceLogps, config.ldAlpha());
                    Tensor sum = losses(batch, pairs, tape).sum();
                    means.add(pairs, config.loss(), sum.item(), batch.units(config.loss()));
                }
            }
        }
        return means.named("eval/");
    }
}

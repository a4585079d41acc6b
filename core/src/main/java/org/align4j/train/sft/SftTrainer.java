package org.align4j.train.sft;

import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import org.align4j.data.PackedBatch;
import org.align4j.loss.TokenLoss;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.random.CounterRandom;
import org.align4j.run.Interruption;
import org.align4j.run.RunListener;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.train.Balancing;
import org.align4j.train.HeldOut;
import org.align4j.train.Learner;
import org.align4j.train.Optimization;
import org.align4j.train.Resume;
import org.align4j.train.RunStart;
import org.align4j.train.SampledAnswers;
import org.align4j.train.TrainingLoop;
import org.align4j.train.sft.SupervisedBatches.Window;

/// Supervised fine-tuning: next-token cross entropy on demonstrations (step 1 of InstructGPT,
/// Ouyang et al. 2022).
public final class SftTrainer {
    private final SftConfig config;
    private final CausalLm model;
    private final Optional<TokenTeacher> teacher;
    private final Optimization optimization;
    private final SupervisedBatches batches;
    private final TrainingLoop loop;
    private final Iterator<Window> windows;

    /// Trains until the end, an early stop or an interruption. Everything that lasts is in the
    /// run's folder.
    ///
    /// @param resume how to treat a run that is in the folder already
    /// @throws AlignException for faults of the configuration, the data or the model, and a loss
    ///     that is not finite
    public static void run(SftConfig config, Resume resume, RunListener listener, Interruption interruption) {
        // 1. what can be refused at once
        Device.parse(config.device());
        RunStart start = RunStart.of(config.output(), config, config.data().files(), resume);
        // 2. whatever else can fail, before there is a folder of a run that never began
        try (Scope scope = Scope.open();
                Learner learner =
                        Learner.load(config.learner(), start.checkpoint().orElse(config.model()))) {
            SupervisedData data = SupervisedData.load(
                    config.data(),
                    config.seed(),
                    learner.loaded().tokenizer(),
                    learner.loaded().template(),
                    learner.model().architecture());
            SupervisedBatches batches = SupervisedBatches.of(config, data);
            SampledAnswers answers = new SampledAnswers(learner.loaded(), data.heldOutFirst());
            Optional<TokenTeacher> teacher =
                    config.distill().map(distill -> TokenTeacher.load(distill, learner, config.precision()));
            try (Optimization optimization = config.optimization().over(learner.parameters(), batches.totalSteps())) {
                // 3. the run
                start.run(batches.plan(config), learner, optimization, data.news(), listener, interruption, loop -> {
                    SftTrainer trainer = new SftTrainer(config, learner.model(), teacher, optimization, batches, loop);
                    return new TrainingLoop.Algorithm(
                            trainer::learn, trainer::evaluate, () -> answers.now(loop::interrupted));
                });
            } finally {
                teacher.ifPresent(TokenTeacher::close);
            }
        }
    }

    private SftTrainer(
            SftConfig config,
            CausalLm model,
            Optional<TokenTeacher> teacher,
            Optimization optimization,
            SupervisedBatches batches,
            TrainingLoop loop) {
        this.config = config;
        this.model = model;
        this.teacher = teacher;
        this.optimization = optimization;
        this.batches = batches;
        this.loop = loop;
        windows = batches.from(loop.step());
    }

    /// One window of micro batches. Each loss is divided by the trained tokens of the whole window,
    /// so that accumulating 2 × 4 equals 1 × 8.
    private Map<String, Double> learn() {
        long start = System.nanoTime();
        Window window = windows.next();
        double loss = 0;
        double divergence = 0;
        optimization.startWindow();
        for (int i = 0; i < window.microBatches().size(); i++) {
            Losses part = backward(window.microBatches().get(i), window.trainedTokens(), i);
            loss += part.loss();
            divergence += part.divergence();
        }
        Map<String, Double> metrics = loop.step(loss, window.tokens(), window.sources(), start);
        if (teacher.isPresent()) {
            metrics.put("distill/divergence", divergence);
        }
        return metrics;
    }

    /// A micro batch's parts of the window's means.
    ///
    /// @param divergence from the teacher, where there is one
    private record Losses(double loss, double divergence) {}

    private Map<String, Double> evaluate() {
        return HeldOut.loss(model, batches.evaluation(), loop::interrupted);
    }

    /// Accumulates the gradient of one micro batch.
    ///
    /// @param trained trained tokens of the window
    private Losses backward(PackedBatch batch, long trained, int microBatch) {
        try (Scope scope = Scope.open();
                Tape tape = model.forward(
                        batch, wanted(batch, microBatch), config.lean() ? Recording.RECOMPUTE : Recording.KEEP)) {
            Tensor loss = loss(tape, trained);
            double value = loss.item();
            double divergence =
                    teacher.isPresent() ? tape.divergence().detach().sum().item() / trained : 0;
            Balancing.add(loss, tape, model, batch.trainedTokens() / (double) trained)
                    .backward();
            tape.backward();
            return new Losses(value, divergence);
        }
    }

    private Wanted wanted(PackedBatch batch, int microBatch) {
        Wanted wanted = Wanted.logps()
                .withNoise(config.neftuneAlpha())
                .withSeed(CounterRandom.of(config.seed(), "forward").bits(loop.step(), microBatch));
        if (teacher.isPresent()) {
            return wanted.withSoft(teacher.get().of(batch));
        }
        return config.labelSmoothing() > 0 ? wanted.withMeanLogp() : wanted;
    }

    private Tensor loss(Tape tape, long trained) {
        if (teacher.isPresent()) {
            return teacher.get().config().loss().of(tape.logps(), tape.divergence(), trained);
        }
        return config.labelSmoothing() > 0
                ? TokenLoss.smoothed(tape.logps(), tape.meanLogp(), config.labelSmoothing(), trained)
                : TokenLoss.negativeLogLikelihood(tape.logps(), trained);
    }
}

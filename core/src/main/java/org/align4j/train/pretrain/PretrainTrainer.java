package org.align4j.train.pretrain;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.PackedBatch;
import org.align4j.loss.TokenLoss;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.ModelConfig;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.random.CounterRandom;
import org.align4j.run.Interruption;
import org.align4j.run.Metrics;
import org.align4j.run.RunListener;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.tokenizer.Tokenizer;
import org.align4j.train.Balancing;
import org.align4j.train.HeldOut;
import org.align4j.train.Learner;
import org.align4j.train.Optimization;
import org.align4j.train.Resume;
import org.align4j.train.RunStart;
import org.align4j.train.TrainingLoop;

/// Pretraining: a new model learns to predict every token of a text from those before it (Radford
/// et al. 2018).
public final class PretrainTrainer {
    /// exp of the held-out loss.
    static final String EVAL_PERPLEXITY = "eval/perplexity";

    private final PretrainConfig config;
    private final CausalLm model;
    private final Optimization optimization;
    private final PretrainData data;
    private final TrainingLoop loop;

    /// Trains until the end, an early stop or an interruption. Everything that lasts is in the
    /// run's folder.
    ///
    /// @param resume how to treat a run that is in the folder already
    /// @throws AlignException for faults of the configuration, the text or the model, and a loss
    ///     that is not finite
    /// @throws java.util.concurrent.CancellationException when interrupted before the first step
    public static void run(PretrainConfig config, Resume resume, RunListener listener, Interruption interruption) {
        // 1. what can be refused at once
        Device device = Device.parse(config.device());
        RunStart start = RunStart.of(config.output(), config, files(config), resume);
        try (Arena arena = Arena.ofConfined();
                Tokenizer tokenizer = Tokenizer.load(config.tokenizer())) {
            ModelConfig architecture = NewModel.config(config.model(), tokenizer, config.context());
            // 2. the text as tokens
            PretrainData data = PretrainData.load(
                    config,
                    tokenizer,
                    Objects.requireNonNull(start.provenance().get("data"), "provenance names the data"),
                    arena,
                    listener,
                    interruption);
            // 3. a new model, or the last checkpoint's
            DType dtype = config.precision().dtype();
            try (Scope scope = Scope.open();
                    Learner learner = Learner.of(start.checkpoint()
                            .map(folder -> LoadedModel.load(folder, dtype, device, true))
                            .orElseGet(() -> LoadedModel.create(
                                    config.output(),
                                    architecture,
                                    Tokenizer.load(config.tokenizer()),
                                    dtype,
                                    device,
                                    config.seed())));
                    Optimization optimization = config.optimization().over(learner.parameters(), data.totalSteps())) {
                Continuations samples =
                        new Continuations(learner.loaded(), config.prompts(), config.context(), config.seed());
                // 4. the run
                start.run(
                        config.plan(data.totalSteps(), data.heldOut().isPresent()),
                        learner,
                        optimization,
                        data.news(),
                        listener,
                        interruption,
                        loop -> {
                            PretrainTrainer trainer =
                                    new PretrainTrainer(config, learner.model(), optimization, data, loop);
                            return new TrainingLoop.Algorithm(
                                    trainer::learn, trainer::evaluate, () -> samples.now(loop::interrupted));
                        });
            }
        }
    }

    /// What a resumed run must find unchanged.
    private static List<Path> files(PretrainConfig config) {
        List<Path> files = new ArrayList<>(config.data().files());
        Stream.of("tokenizer.json", "tokenizer.model", "vocab.json", "merges.txt")
                .map(config.tokenizer()::resolve)
                .filter(Files::exists)
                .forEach(files::add);
        return files;
    }

    private PretrainTrainer(
            PretrainConfig config, CausalLm model, Optimization optimization, PretrainData data, TrainingLoop loop) {
        this.config = config;
        this.model = model;
        this.optimization = optimization;
        this.data = data;
        this.loop = loop;
    }

    /// One step: the mean negative log-likelihood over the targets of all its windows, so that
    /// accumulating 2 × 4 equals 1 × 8.
    private Map<String, Double> learn() {
        long start = System.nanoTime();
        long[] windows = data.step(loop.step());
        List<PackedBatch> microBatches = new ArrayList<>();
        for (int from = 0; from < windows.length; from += config.batchSize()) {
            microBatches.add(data.windows().batch(Arrays.copyOfRange(windows, from, from + config.batchSize())));
        }
        long trained =
                microBatches.stream().mapToLong(PackedBatch::trainedTokens).sum();
        double loss = 0;
        optimization.startWindow();
        for (int i = 0; i < microBatches.size(); i++) {
            loss += backward(microBatches.get(i), trained, i);
        }
        long tokens = microBatches.stream().mapToLong(PackedBatch::tokenCount).sum();
        return loop.step(loss, tokens, "windows " + Arrays.toString(windows) + " of the text", start);
    }

    /// Accumulates the gradient of one micro batch.
    ///
    /// @param trained targets of the whole step
    /// @return its part of the step's loss
    private double backward(PackedBatch batch, long trained, int microBatch) {
        Wanted wanted = Wanted.logps()
                .withSeed(CounterRandom.of(config.seed(), "forward").bits(loop.step(), microBatch));
        try (Scope scope = Scope.open();
                Tape tape = model.forward(batch, wanted, config.lean() ? Recording.RECOMPUTE : Recording.KEEP)) {
            Tensor loss = TokenLoss.negativeLogLikelihood(tape.logps(), trained);
            double value = loss.item();
            Balancing.add(loss, tape, model, batch.trainedTokens() / (double) trained)
                    .backward();
            tape.backward();
            return value;
        }
    }

    private Map<String, Double> evaluate() {
        Map<String, Double> metrics = new LinkedHashMap<>(HeldOut.loss(model, data.evaluation(), loop::interrupted));
        Double loss = metrics.get(Metrics.EVAL_LOSS);
        if (loss != null) {
            metrics.put(EVAL_PERPLEXITY, Math.exp(loss));
        }
        return metrics;
    }
}

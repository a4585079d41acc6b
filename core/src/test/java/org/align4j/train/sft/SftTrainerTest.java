package org.align4j.train.sft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.align4j.checkpoint.HfModel;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.checkpoint.WeightExport;
import org.align4j.data.PackedBatch;
import org.align4j.error.AlignException;
import org.align4j.model.CausalLm;
import org.align4j.nn.Parameters;
import org.align4j.optim.LrSchedule;
import org.align4j.optim.OptimizerConfig;
import org.align4j.run.Checkpoints;
import org.align4j.run.Interruption;
import org.align4j.run.Metrics;
import org.align4j.run.RunEvent;
import org.align4j.run.RunFiles;
import org.align4j.run.RunState;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.TinyModelFolder;
import org.align4j.train.Optimization;
import org.align4j.train.Resume;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SftTrainerTest {
    @TempDir
    Path folder;

    private TinyRuns runs;

    @BeforeEach
    void makeModelAndData() throws IOException {
        runs = TinyRuns.in(folder);
    }

    @Test
    void memorisesATinySet() throws IOException {
        TinyModelFolder.sums(folder.resolve("sums.jsonl"), 4, 7);
        SftConfig config = runs.config("run", "max_steps=250", "learning_rate=3e-2", "schedule=cosine");
        runs.train(config);
        assertThat(lastLoss(config)).isLessThan(0.05);
    }

    @Test
    void accumulatingTwoTimesFourEqualsOnceEight() {
        SftConfig whole = runs.config("whole", "batch_size=8", "max_steps=6");
        SftConfig parts = runs.config("parts", "batch_size=4", "gradient_accumulation=2", "max_steps=6");
        runs.train(whole);
        runs.train(parts);
        List<Metrics.Row> expected = TinyRuns.metrics(whole);
        List<Metrics.Row> actual = TinyRuns.metrics(parts);
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            for (String name : List.of(Metrics.LOSS, Metrics.GRAD_NORM, Metrics.TOKENS)) {
                double value = expected.get(i).values().get(name);
                assertThat(actual.get(i).values().get(name)).isCloseTo(value, within(1e-4 * value));
            }
        }
    }

    @Test
    void learningRatesFollowTheSchedule() {
        SftConfig config = runs.config(
                "run",
                "schedule=warmup_stable_decay",
                "warmup_steps=2",
                "schedule_options.num_decay_steps=4",
                "schedule_options.decay_type=linear",
                "learning_rate=1e-2",
                "max_steps=12");
        runs.train(config);
        // up in 2 steps, 6 at the top, down in 4
        double[] shares = {0, 0.5, 1, 1, 1, 1, 1, 1, 1, 0.75, 0.5, 0.25};
        List<Metrics.Row> rows = TinyRuns.metrics(config);
        assertThat(rows).hasSize(shares.length);
        for (int i = 0; i < shares.length; i++) {
            assertThat(rows.get(i).values().get(Metrics.LEARNING_RATE)).isCloseTo(1e-2 * shares[i], within(1e-12));
        }
    }

    @Test
    void recomputingGivesTheSameRun() {
        SftConfig kept = runs.config("kept");
        SftConfig lean = runs.config("lean", "lean=true");
        runs.train(kept);
        runs.train(lean);
        assertThat(lastLoss(lean)).isCloseTo(lastLoss(kept), within(1e-4));
    }

    @Test
    void evaluationIsTheMeanOverTheTrainedTokensOfAllExamples() throws IOException {
        TinyModelFolder.sums(folder.resolve("held.jsonl"), 9, 5);
        SftConfig config = runs.config("run", "data.eval=[" + folder.resolve("held.jsonl") + "]", "max_tokens=64");
        runs.train(config);
        Path last = TinyRuns.checkpoints(config).newest().orElseThrow().folder();
        DataConfig held =
                DataConfig.defaults(List.of(folder.resolve("held.jsonl").toString()));
        double sum = 0;
        long count = 0;
        try (Scope scope = Scope.open();
                LoadedModel model = LoadedModel.load(last, DType.FLOAT32, Device.CPU, false)) {
            for (var example : SupervisedData.load(
                            held,
                            0,
                            model.tokenizer(),
                            model.template(),
                            model.model().architecture())
                    .train()) {
                Tensor logits = model.model()
                        .logits(model.model().hidden(PackedBatch.of(List.of(example))))
                        .logSoftmaxFloat32(-1);
                float[] values = logits.toFloats();
                int vocabulary = values.length / example.length();
                for (int t = 1; t < example.length(); t++) {
                    if (example.lossMask()[t]) {
                        sum -= values[(t - 1) * vocabulary + example.tokens()[t]];
                        count++;
                    }
                }
            }
        }
        Metrics.Row row = TinyRuns.metrics(config).getLast();
        assertThat(row.step()).isEqualTo(12);
        assertThat(row.values().get(Metrics.EVAL_LOSS)).isCloseTo(sum / count, within(1e-5));
    }

    @Test
    void smoothedLossMixesInTheMeanOverTheVocabulary() throws IOException {
        String[] one = {"max_steps=1", "data.shuffle=false", "batch_size=22"};
        SftConfig plain = runs.config("plain", one);
        SftConfig smoothed = runs.config("smoothed", one[0], one[1], one[2], "label_smoothing=0.2");
        runs.train(plain);
        runs.train(smoothed);
        double uniform = 0;
        long count = 0;
        try (Scope scope = Scope.open();
                LoadedModel model = LoadedModel.load(folder.resolve("model"), DType.FLOAT32, Device.CPU, false)) {
            for (var example : SupervisedData.load(
                            plain.data(),
                            0,
                            model.tokenizer(),
                            model.template(),
                            model.model().architecture())
                    .train()) {
                float[] logps = model.model()
                        .logits(model.model().hidden(PackedBatch.of(List.of(example))))
                        .logSoftmaxFloat32(-1)
                        .toFloats();
                int vocabulary = logps.length / example.length();
                for (int t = 1; t < example.length(); t++) {
                    if (example.lossMask()[t]) {
                        for (int v = 0; v < vocabulary; v++) {
                            uniform -= logps[(t - 1) * vocabulary + v] / (double) vocabulary;
                        }
                        count++;
                    }
                }
            }
        }
        assertThat(lastLoss(smoothed)).isCloseTo(0.8 * lastLoss(plain) + 0.2 * uniform / count, within(1e-5));
    }

    @Test
    void noiseOnTheEmbeddingsChangesTheFirstLoss() {
        SftConfig plain = runs.config("plain", "max_steps=1");
        SftConfig noisy = runs.config("noisy", "max_steps=1", "neftune_alpha=50");
        runs.train(plain);
        runs.train(noisy);
        assertThat(lastLoss(noisy)).isNotEqualTo(lastLoss(plain)).isFinite();
    }

    @Test
    void epochsDecideWhereMaxStepsDoNot() {
        assertThat(lastStep(runs.config("a", "max_steps=0", "epochs=2"))).isEqualTo(12);
        assertThat(lastStep(runs.config("b", "max_steps=0", "epochs=2", "gradient_accumulation=4")))
                .isEqualTo(4);
        assertThat(lastStep(runs.config("c", "max_steps=7", "epochs=2"))).isEqualTo(7);
        assertThat(lastStep(runs.config("d", "max_steps=0", "data.limit=5"))).isEqualTo(2);
    }

    private long lastStep(SftConfig config) {
        runs.train(config);
        assertThat(new RunFiles(config.output()).state().kind()).isEqualTo(RunState.Kind.FINISHED);
        return TinyRuns.metrics(config).getLast().step();
    }

    @Test
    void stopsOnceEvaluationsGetWorse() {
        // so fast that what is learned of the sums is lost for others
        SftConfig config = runs.config(
                "run", "max_steps=400", "learning_rate=0.1", "data.eval_count=4", "eval_every=2", "patience=3");
        runs.train(config);
        List<Metrics.Row> evaluated = TinyRuns.metrics(config).stream()
                .filter(row -> row.step() > 0 && row.values().containsKey(Metrics.EVAL_LOSS))
                .toList();
        Metrics.Row best = evaluated.getFirst();
        for (Metrics.Row row : evaluated) {
            best = row.values().get(Metrics.EVAL_LOSS) < best.values().get(Metrics.EVAL_LOSS) ? row : best;
        }
        long last = evaluated.getLast().step();
        assertThat(last).isLessThan(400).isEqualTo(best.step() + 6);
        assertThat(new RunFiles(config.output()).state().kind()).isEqualTo(RunState.Kind.FINISHED);
        assertThat(TinyRuns.checkpoints(config).bestValue())
                .contains(new Checkpoints.Best(best.step(), best.values().get(Metrics.EVAL_LOSS)));
    }

    @Test
    void bestCheckpointStaysBesideTheLast() {
        SftConfig config = runs.config(
                "run",
                "max_steps=40",
                "learning_rate=0.1",
                "data.eval_count=4",
                "eval_every=4",
                "save_every=5",
                "keep=2");
        runs.train(config);
        Checkpoints checkpoints = TinyRuns.checkpoints(config);
        Checkpoints.Checkpoint best = checkpoints.best().orElseThrow();
        assertThat(best.step()).isLessThan(35);
        assertThat(checkpoints.list()).extracting(Checkpoints.Checkpoint::step).containsExactly(best.step(), 35L, 40L);
    }

    @Test
    void evaluationSharesTheLineOfItsStep() throws IOException {
        SftConfig config = runs.config("run", "max_steps=4", "data.eval_count=4", "eval_every=2");
        List<RunEvent> events = runs.train(config);
        List<String> told = events.stream()
                .map(event -> switch (event) {
                    case RunEvent.Step(long step, Map<String, Double> _) -> "step " + step;
                    case RunEvent.Evaluated(long step, Map<String, Double> _) -> "evaluated " + step;
                    case RunEvent.Saved(long step, Path _) -> "saved " + step;
                    default -> event.getClass().getSimpleName();
                })
                .filter(line -> !line.equals("Noted"))
                .toList();
        assertThat(told).startsWith("Started", "evaluated 0", "step 1", "evaluated 2", "step 2");
        assertThat(told).endsWith("evaluated 4", "step 4", "saved 4", "Finished");
        assertThat(Files.readAllLines(new RunFiles(config.output()).metrics())).hasSize(5);
    }

    @Test
    void brokenLossStopsTheRunAndNamesTheLastGoodCheckpoint() throws IOException {
        SftConfig config = runs.config("run", "learning_rate=1e38", "warmup_steps=3", "save_every=1", "keep=1");
        Throwable failure = null;
        try {
            runs.train(config);
        } catch (AlignException.Tensor e) {
            failure = e;
        }
        assertThat(failure)
                .hasMessageContaining("after step")
                .hasMessageContaining("Lower learning_rate")
                .hasMessageContaining("sums.jsonl:");
        RunState state = new RunFiles(config.output()).state();
        assertThat(state.kind()).isEqualTo(RunState.Kind.FAILED);
        assertThat(state.reason()).isEqualTo(failure.getMessage());
        Path good = Path.of(failure.getMessage().replaceAll("(?s).*last good checkpoint is (\\S+)\\. Lower.*", "$1"));
        SftConfig next = runs.config("next", "model=" + good, "learning_rate=0", "max_steps=1");
        runs.train(next);
        assertThat(lastLoss(next)).isFinite();
    }

    @Test
    void parametersThatNothingReachedGetNoGradient() {
        try (Scope scope = Scope.open()) {
            CausalLm model = HfModel.load(folder.resolve("model"), DType.FLOAT32, Device.CPU, true)
                    .model();
            model.parameters()
                    .all()
                    .forEach(each -> each.gradient().orElseThrow().copy_(Tensor.of(Float.NaN)));
            try (Optimization optimization = new Optimization(
                    model.parameters(), OptimizerConfig.named("sgd", Map.of()), 0, new LrSchedule.Constant(1), 0)) {
                optimization.startWindow();
                assertThat(optimization.step(0).gradientNorm()).isZero();
            }
        }
    }

    @Test
    void optimisersSeeTheTensorsOfTheCheckpoint() {
        try (Scope scope = Scope.open()) {
            CausalLm model = HfModel.load(folder.resolve("model"), DType.FLOAT32, Device.CPU, true)
                    .model();
            Map<String, Tensor> expected = WeightExport.masters(model);
            int seen = 0;
            for (Parameters.Range range : model.parameters().ranges()) {
                for (Parameters.Part part : range.parts()) {
                    Tensor tensor = expected.get(part.name());
                    assertThat(part.shape()).containsExactly(boxed(tensor.shape()));
                    assertThat(range.master()
                                    .narrow(0, part.offset(), tensor.numel())
                                    .toFloats())
                            .as(part.name())
                            .isEqualTo(tensor.contiguous().toFloats());
                    seen++;
                }
            }
            assertThat(seen).isEqualTo(expected.size());
        }
    }

    private static Long[] boxed(long[] shape) {
        return java.util.Arrays.stream(shape).boxed().toArray(Long[]::new);
    }

    @Test
    void answersToAFewPromptsAreLogged() {
        SftConfig config = runs.config("run", "max_steps=4", "sample_every=2", "data.eval_count=3");
        List<RunEvent> events = runs.train(config);
        List<RunEvent.Sample> samples = events.stream()
                .filter(RunEvent.Sample.class::isInstance)
                .map(RunEvent.Sample.class::cast)
                .toList();
        assertThat(samples).extracting(RunEvent.Sample::step).containsExactly(2L, 2L, 2L, 4L, 4L, 4L);
        assertThat(samples.getFirst().values().get("prompt").toString())
                .startsWith("<s>user\n")
                .endsWith("<s>assistant\n");
        assertThat(samples.getFirst().values().get("reference").toString()).matches("\\d+");
        assertThat(new RunFiles(config.output()).samples()).content().startsWith("{\"step\":2,");
    }

    @Test
    void unknownNamesAreRefusedWithTheConfiguration() {
        assertThatThrownBy(() -> runs.config("run", "optimizer=adamv", "optimizer_options.beta9=1"))
                .hasMessageContaining("did you mean adamw?");
        assertThatThrownBy(() -> runs.config("run", "schedule=linaer")).hasMessageContaining("did you mean linear?");
    }

    @Test
    void failedStartLeavesNothingInTheWay() throws IOException {
        Path data = folder.resolve("sums.jsonl");
        String good = Files.readString(data);
        List<SftConfig> bad = new ArrayList<>(List.of(
                runs.config("run", "model=" + folder.resolve("absent")),
                runs.config("run", "device=cuda:0"),
                runs.config("run", "batch_size=0", "max_tokens=5"),
                runs.config("run", "data.eval_count=22"),
                runs.config("run", "data.train=[" + folder.resolve("absent.jsonl") + "]")));
        for (SftConfig config : bad) {
            assertThatThrownBy(() -> runs.train(config)).isInstanceOf(AlignException.class);
        }
        Files.writeString(data, "{\"prompt\": \"1\"\n");
        assertThatThrownBy(() -> runs.train(runs.config("run"))).isInstanceOf(AlignException.Data.class);
        Files.writeString(data, good);
        assertThat(folder.resolve("run")).doesNotExist();
        runs.train(runs.config("run"));
        assertThatThrownBy(() -> runs.train(runs.config("run")))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("--resume");
    }

    private static double lastLoss(SftConfig config) {
        return TinyRuns.metrics(config).getLast().values().get(Metrics.LOSS);
    }

    @Test
    void interruptionIsToldAsSuch() {
        SftConfig config = runs.config("run", "data.eval_count=4");
        List<RunEvent> events = new ArrayList<>();
        Interruption interruption = Interruption.manual();
        interruption.request();
        SftTrainer.run(config, Resume.FRESH, events::add, interruption);
        assertThat(events.getLast()).isEqualTo(new RunEvent.Interrupted(0));
    }
}

package org.align4j.bench.flan;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.config.Configuration;
import org.align4j.data.DataReport;
import org.align4j.data.Example;
import org.align4j.data.PackedBatch;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.ChatRenderer;
import org.align4j.data.encode.EncodeOptions;
import org.align4j.data.encode.ExampleEncoder;
import org.align4j.data.flan.Recipe;
import org.align4j.evaluate.EvaluationSet;
import org.align4j.evaluate.EvaluationSettings;
import org.align4j.evaluate.Evaluator;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.peft.ModelLoading;
import org.align4j.pipeline.world.WorldTasks;
import org.align4j.random.CounterRandom;
import org.align4j.run.DurableFiles;
import org.align4j.run.Interruption;
import org.align4j.run.Metrics;
import org.align4j.run.RunFiles;
import org.align4j.run.RunListener;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tokenizer.ChatTemplate;
import org.align4j.train.Resume;
import org.align4j.train.sft.SftConfig;
import org.align4j.train.sft.SftTrainer;
import org.align4j.world.gold.Judge;
import org.align4j.world.task.Instructions;
import org.align4j.world.task.Instructions.Split;
import tools.jackson.databind.json.JsonMapper;

/// Trains and measures one arm with one seed, unless its result is there already.
final class ArmRun {
    /// What an example has at least, so that enough are drawn for all steps.
    private static final int SHORTEST = 64;

    private static final String RESULT = "result.json";

    private final Experiment experiment;
    private final HeldOutTasks tasks;
    private final Judge judge;

    ArmRun(Experiment experiment, HeldOutTasks tasks, Judge judge) {
        this.experiment = experiment;
        this.tasks = tasks;
        this.judge = judge;
    }

    ArmResult of(Arm arm, long seed) throws IOException {
        Path folder = experiment.folder(arm.name(), seed);
        Optional<ArmResult> kept = kept(folder);
        if (kept.isPresent()) {
            return kept.get();
        }
        long begun = System.nanoTime();
        Path run = folder.resolve("run");
        discard(run);
        SftTrainer.run(
                Configuration.of(
                        SftConfig.class, experiment.training(experiment.base(), run, recipe(arm, folder, seed), seed)),
                Resume.FRESH,
                RunListener.silent(),
                Interruption.manual());
        long trained = Metrics.read(new RunFiles(run).metrics()).stream()
                .mapToLong(row -> row.values().getOrDefault(Metrics.TOKENS, 0.0).longValue())
                .max()
                .orElse(0);
        List<ArmResult.Item> items = measured(run, false);
        return keep(folder, new ArmResult(arm.name(), seed, trained, (System.nanoTime() - begun) / 1e9, items));
    }

    /// The model that all begin with, asked in plain text.
    ArmResult base() throws IOException {
        Path folder = experiment.folder("base", 0);
        Optional<ArmResult> kept = kept(folder);
        if (kept.isPresent()) {
            return kept.get();
        }
        long begun = System.nanoTime();
        Files.createDirectories(folder);
        List<ArmResult.Item> items = measured(experiment.base(), true);
        return keep(folder, new ArmResult("base", 0, 0, (System.nanoTime() - begun) / 1e9, items));
    }

    private static Optional<ArmResult> kept(Path folder) throws IOException {
        Path file = folder.resolve(RESULT);
        return Files.exists(file)
                ? Optional.of(JsonMapper.shared().readValue(Files.readAllBytes(file), ArmResult.class))
                : Optional.empty();
    }

    private static ArmResult keep(Path folder, ArmResult result) throws IOException {
        DurableFiles.write(folder.resolve(RESULT), JsonMapper.shared().writeValueAsBytes(result));
        return result;
    }

    private Path recipe(Arm arm, Path folder, long seed) throws IOException {
        List<String> taught = new Instructions(seed)
                .families(Split.TRAIN).stream()
                        .filter(family -> !HeldOutTasks.WORKED.contains(family))
                        .toList();
        // the first of one order, so that few tasks are among many
        int[] order = CounterRandom.of(seed, "tasks of an arm").permutation(taught.size(), 0);
        List<String> families = IntStream.of(order)
                .limit(arm.tasks() == 0 ? taught.size() : arm.tasks())
                .mapToObj(taught::get)
                .toList();
        int examples = Math.ceilDiv(experiment.steps() * experiment.tokens(), SHORTEST);
        Path whole = WorldTasks.write(folder.resolve("data"), seed, examples, families);
        List<String> settings = new ArrayList<>();
        Arm.COMMON.forEach(setting -> settings.add("mixtures.world.prompts." + setting));
        arm.prompts().forEach(setting -> settings.add("mixtures.world.prompts." + setting));
        Path file = whole.resolveSibling("arm.yaml");
        Files.writeString(file, Configuration.toYaml(Recipe.read(whole, settings)));
        return file;
    }

    private List<ArmResult.Item> measured(Path path, boolean plain) {
        EvaluationSettings settings = EvaluationSettings.defaults()
                .withMaxNewTokens(experiment.answerTokens())
                .withPlain(plain);
        try (Scope scope = Scope.open();
                LoadedModel model = ModelLoading.load(path, DType.BFLOAT16, Device.parse(experiment.device()))) {
            Evaluator evaluator = new Evaluator(model, "arm", settings);
            List<Double> zero = rewards(evaluator, tasks.alone(judge));
            List<Double> few = rewards(evaluator, tasks.after(judge));
            List<Double> zeroLoss = losses(model, tasks.examples(false), plain);
            List<Double> fewLoss = losses(model, tasks.examples(true), plain);
            List<String> families = tasks.families();
            return IntStream.range(0, families.size())
                    .mapToObj(i -> new ArmResult.Item(
                            families.get(i), zero.get(i), few.get(i), zeroLoss.get(i), fewLoss.get(i)))
                    .toList();
        }
    }

    private static List<Double> rewards(Evaluator evaluator, EvaluationSet.Questions set) {
        return evaluator.run(set).measurement("reward").orElseThrow().items().stream()
                .map(parts -> parts[0])
                .toList();
    }

    private List<Double> losses(LoadedModel model, List<Example> examples, boolean plain) {
        List<TokenizedExample> encoded = new ExampleEncoder(
                        model.tokenizer(),
                        model.template()
                                .map(template -> ChatRenderer.of(template, ChatTemplate.Options.conversation())),
                        EncodeOptions.upTo(experiment.maxLength())
                                .withTruncate(EncodeOptions.Truncate.START)
                                .withChat(!plain),
                        new DataReport())
                .encodeAll(examples);
        return encoded.stream().map(example -> loss(model, example)).toList();
    }

    private static double loss(LoadedModel model, TokenizedExample example) {
        PackedBatch batch = PackedBatch.of(List.of(example));
        try (Scope scope = Scope.open();
                Tape tape = model.model().forward(batch, Wanted.logps(), Recording.NONE)) {
            return -tape.logps().sum().item() / batch.trainedTokens();
        }
    }

    private static void discard(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package org.align4j.pipeline.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.config.Configuration;
import org.align4j.error.AlignException;
import org.align4j.evaluate.EvaluationListener;
import org.align4j.evaluate.EvaluationSet;
import org.align4j.evaluate.EvaluationSettings;
import org.align4j.evaluate.EvaluationTable;
import org.align4j.evaluate.Evaluator;
import org.align4j.evaluate.SetResult;
import org.align4j.evaluate.WorldSets;
import org.align4j.peft.ModelLoading;
import org.align4j.run.DurableFiles;
import org.align4j.run.Interruption;
import org.align4j.run.RunFiles;
import org.align4j.run.RunListener;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.train.Resume;
import org.align4j.train.sft.SftConfig;
import org.align4j.train.sft.SftTrainer;
import org.align4j.world.gold.Judge;
import org.align4j.world.task.Instruction;
import org.align4j.world.task.Instructions;
import org.align4j.world.task.Instructions.Split;
import org.align4j.world.task.WorldJudge;
import tools.jackson.databind.json.JsonMapper;

/// The first stage: the starter learns to follow the world's instructions by supervised
/// fine-tuning, and is asked before and after about families of instructions that it never saw, and
/// about families that it saw with other words.
final class InstructionTuning {
    private static final String NAME = "sft";
    private static final int ANSWER_TOKENS = 96;
    private static final int SAMPLES_OF_EACH = 4;

    private final Settings settings;
    private final Path starter;
    private final RunListener listener;
    private final EvaluationListener evaluation;
    private final Interruption interruption;

    InstructionTuning(
            Settings settings,
            Path starter,
            RunListener listener,
            EvaluationListener evaluation,
            Interruption interruption) {
        this.settings = settings;
        this.starter = starter;
        this.listener = listener;
        this.evaluation = evaluation;
        this.interruption = interruption;
    }

    /// Does what an earlier call of the same settings left undone.
    StageResult run() {
        long begun = System.nanoTime();
        Path run = settings.output().resolve(NAME);
        Judge judge = WorldJudge.create();
        List<EvaluationSet.Questions> sets =
                List.of(set(Split.HELD_OUT_FAMILIES, judge), set(Split.HELD_OUT_WORDS, judge));
        // 1. the base model, asked in plain text, as it was pretrained
        List<SetResult> before = results(starter, "base", true, sets);
        // 2. supervised fine-tuning on other instructions
        Resume resume = new RunFiles(run).exists() ? Resume.EXACT : Resume.FRESH;
        SftTrainer.run(training(run), resume, listener, interruption);
        if (interruption.requested()) {
            throw new java.util.concurrent.CancellationException("interrupted");
        }
        // 3. the same questions again, in the chat template
        List<SetResult> after = results(run, "instruction-tuned", false, sets);
        List<SetResult> all = new ArrayList<>();
        for (int i = 0; i < sets.size(); i++) {
            all.add(before.get(i));
            all.add(after.get(i));
        }
        return new StageResult(
                NAME,
                "Instruction tuning",
                "The base model was fine-tuned with LoRA on " + settings.instructions() + " instructions of "
                        + new Instructions(settings.seed())
                                .families(Split.TRAIN)
                                .size()
                        + " families, and asked before and after: instructions of families that it never saw, and of"
                        + " those that it saw with names, places and combinations that it never saw. Gold rewards say what"
                        + " answers are worth, from 0 to 1.",
                run,
                (System.nanoTime() - begun) / 1e9,
                new EvaluationTable(all, settings.seed()),
                samples(sets, before, after));
    }

    private EvaluationSet.Questions set(Split split, Judge judge) {
        return WorldSets.of(split, settings.seed(), settings.questions(), judge);
    }

    private List<SetResult> results(Path path, String name, boolean plain, List<EvaluationSet.Questions> sets) {
        EvaluationSettings how =
                EvaluationSettings.defaults().withMaxNewTokens(ANSWER_TOKENS).withPlain(plain);
        Path kept = settings.output().resolve("evaluation").resolve(name);
        try (Scope scope = Scope.open();
                LoadedModel model = ModelLoading.load(path, DType.BFLOAT16, Device.CPU)) {
            Evaluator evaluator =
                    new Evaluator(model, name, how, Optional.of(kept), evaluation, interruption::requested);
            return sets.stream().map(evaluator::run).toList();
        }
    }

    private SftConfig training(Path run) {
        Path data = settings.output().resolve("data/instructions.jsonl");
        write(data);
        return Configuration.of(
                SftConfig.class,
                List.of(
                        "model=" + quoted(starter),
                        "output=" + quoted(run),
                        "data.train=" + quoted(data),
                        "data.eval_count=200",
                        "data.max_length=512",
                        "seed=" + settings.seed(),
                        "precision=bf16",
                        // an adapter leaves the embeddings alone: when all weights are trained, names
                        // that no instruction holds become unlikely, and copying them fails
                        "lora.rank=32",
                        "lora.alpha=64",
                        "batch_size=0",
                        "max_tokens=2048",
                        "epochs=" + settings.epochs(),
                        "learning_rate=3e-3",
                        "schedule=cosine",
                        "warmup_steps=20",
                        "weight_decay=0.1",
                        "optimizer_options.beta2=0.95",
                        "keep=1"));
    }

    private static String quoted(Path path) {
        return JsonMapper.shared().writeValueAsString(path.toString());
    }

    private void write(Path file) {
        if (Files.exists(file)) {
            return;
        }
        Instructions instructions = new Instructions(settings.seed());
        String lines = LongStream.range(0, settings.instructions())
                .mapToObj(
                        number -> instructions.instruction(Split.TRAIN, number).json(Split.TRAIN, true))
                .collect(Collectors.joining("\n", "", "\n"));
        try {
            Files.createDirectories(file.getParent());
            DurableFiles.write(file, lines.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AlignException.Data(file + ": cannot be written: " + e.getMessage() + "; name another folder", e);
        }
    }

    private List<StageResult.Sample> samples(
            List<EvaluationSet.Questions> sets, List<SetResult> before, List<SetResult> after) {
        Instructions instructions = new Instructions(settings.seed());
        List<Split> splits = List.of(Split.HELD_OUT_FAMILIES, Split.HELD_OUT_WORDS);
        List<StageResult.Sample> samples = new ArrayList<>();
        for (int set = 0; set < sets.size(); set++) {
            for (int i = 0; i < Math.min(SAMPLES_OF_EACH, settings.questions()); i++) {
                Instruction asked = instructions.instruction(splits.get(set), i);
                samples.add(new StageResult.Sample(
                        asked.family(),
                        asked.prompt(),
                        before.get(set).answers().get(i).text(),
                        after.get(set).answers().get(i).text()));
            }
        }
        return samples;
    }
}

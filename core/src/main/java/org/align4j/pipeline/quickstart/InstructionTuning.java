package org.align4j.pipeline.quickstart;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.align4j.config.Configuration;
import org.align4j.data.flan.Mixture;
import org.align4j.data.flan.Recipe;
import org.align4j.data.flan.prompt.Outcome;
import org.align4j.data.flan.prompt.PromptedExample;
import org.align4j.evaluate.SetResult;
import org.align4j.pipeline.world.WorldTasks;
import org.align4j.train.sft.SftConfig;
import org.align4j.train.sft.SftTrainer;
import org.align4j.world.World;
import org.align4j.world.task.Instructions.Split;
import tools.jackson.databind.json.JsonMapper;

/// The first stage: the starter learns to follow the world's instructions by supervised
/// fine-tuning, and is asked before and after about instructions that it never saw: of taught
/// families with other words, of families that combine what was taught anew, and of families that
/// ask for something else.
///
/// Half of the instructions stand alone, worded as they will be asked. The others are a Flan-style
/// mixture of the same families: in ten wordings, after examples, worked in steps or with the answer
/// only, some turned round. Examples before a question make it long, so that there are fewer of them
/// than in Flan 2022: the model has few tokens to learn from.
///
/// Two things keep what the base model knows. An adapter leaves the embeddings alone: when all
/// weights are trained, names that no instruction holds become unlikely, and copying them fails.
/// And texts of the corpus are read again among the instructions, as ExMix and GLM mix them.
final class InstructionTuning {
    /// What tables call the model that comes of it.
    static final String MODEL = "instruction-tuned";

    /// How the mixture departs from the recipe of `align4j world tasks`.
    private static final List<String> MIXING = List.of(
            "mixtures.world.prompts.few_shot=0.25",
            "mixtures.world.prompts.shots=[2, 1]",
            "mixtures.world.prompts.reasoning=0.9",
            "mixtures.world.prompts.inversion=0.1",
            "on_error=fail");

    private InstructionTuning() {}

    /// Does what an earlier call of the same settings left undone.
    static StageResult run(Course course) {
        Exam exam = Exam.ofAllFamilies(course);
        // 1. the base model, asked in plain text, as it was pretrained
        List<SetResult> before = exam.ask("base", course.starter(), true);
        // 2. supervised fine-tuning on other instructions
        course.train(Stage.SFT, training(course), SftTrainer::run);
        // 3. the same questions again, in the chat template
        List<SetResult> after = exam.ask(MODEL, course.run(Stage.SFT), false);
        return new StageResult(
                Stage.SFT,
                "The base model was fine-tuned with LoRA on " + course.sizes().instructions() + " instructions of "
                        + course.instructions().families(Split.TRAIN).size() + " families, "
                        + course.sizes().mixture()
                        + " more that are asked as Flan asks (in many wordings, after examples, in steps, turned round) and "
                        + course.sizes().documents()
                        + " texts of the corpus, and asked before and after: instructions of families that were never"
                        + " taught, but whose parts were; of taught families with names, places and combinations that"
                        + " it never saw; and of families that ask for what no taught one does. Gold rewards say what"
                        + " answers are worth, from 0 to 1.",
                course.run(Stage.SFT),
                exam.table(List.of(before, after)),
                List.of(StageResult.Curve.LOSS),
                exam.samples(List.of(before, after)));
    }

    private static SftConfig training(Course course) {
        return Configuration.of(
                SftConfig.class,
                List.of(
                        "model=" + Course.quoted(course.starter()),
                        "output=" + Course.quoted(course.run(Stage.SFT)),
                        "data.train=" + Course.quoted(data(course)),
                        "data.eval_count=200",
                        "data.max_length=512",
                        "seed=" + course.settings().seed(),
                        "precision=bf16",
                        "lora.rank=32",
                        "lora.alpha=64",
                        "batch_size=0",
                        "max_tokens=2048",
                        "learning_rate=3e-3",
                        "schedule=cosine",
                        "warmup_steps=20",
                        "weight_decay=0.1",
                        "optimizer_options.beta2=0.95",
                        "keep=1"));
    }

    /// The file that is learned from.
    static Path data(Course course) {
        return course.data(
                "instructions.jsonl",
                () -> Stream.of(alone(course), mixture(course).stream(), texts(course))
                        .flatMap(Function.identity()));
    }

    /// Instructions as they will be asked.
    private static Stream<String> alone(Course course) {
        return LongStream.range(0, course.sizes().instructions())
                .mapToObj(number ->
                        course.instructions().instruction(Split.TRAIN, number).json(Split.TRAIN, false));
    }

    /// The taught families as Flan mixes tasks.
    private static List<String> mixture(Course course) {
        Path folder = course.settings().output().resolve("data").resolve("world");
        Path file = WorldTasks.write(
                folder, course.settings().seed(), course.sizes().mixture());
        try (Mixture mixture = Mixture.open(Recipe.read(file, MIXING), file, folder, 1)) {
            return mixture.stream().flatMap(InstructionTuning::row).toList();
        }
    }

    /// Texts of the corpus: rows in which nothing is asked.
    private static Stream<String> texts(Course course) {
        World world = new World(course.settings().seed());
        return LongStream.range(0, course.sizes().documents())
                .mapToObj(number -> row("", world.document(number), Map.of()));
    }

    private static Stream<String> row(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Made(PromptedExample example) ->
                Stream.of(row(
                        example.prompt(),
                        example.completion(),
                        Map.of(
                                "task", example.task(),
                                "prompt_type", example.type().label(),
                                "method", example.method().label())));
            case Outcome.Refused _ -> Stream.empty();
        };
    }

    private static String row(String prompt, String completion, Map<String, String> about) {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("prompt", prompt);
        columns.put("completion", completion);
        columns.putAll(new TreeMap<>(about));
        return JsonMapper.shared().writeValueAsString(columns);
    }
}

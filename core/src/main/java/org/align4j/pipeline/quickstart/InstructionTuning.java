package org.align4j.pipeline.quickstart;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.align4j.config.Configuration;
import org.align4j.evaluate.SetResult;
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
/// Two things keep what the base model knows. An adapter leaves the embeddings alone: when all
/// weights are trained, names that no instruction holds become unlikely, and copying them fails.
/// And texts of the corpus are read again among the instructions, as ExMix and GLM mix them.
final class InstructionTuning {
    /// What tables call the model that comes of it.
    static final String MODEL = "instruction-tuned";

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
                        + course.instructions().families(Split.TRAIN).size() + " families and "
                        + course.sizes().documents()
                        + " texts of the corpus, and asked before and after: instructions of families that were never"
                        + " taught, but whose parts were; of taught families with names, places and combinations that"
                        + " it never saw; and of families that ask for what no taught one does. Gold rewards say what"
                        + " answers are worth, from 0 to 1.",
                course.run(Stage.SFT),
                exam.table(before, after),
                List.of(StageResult.Curve.LOSS),
                exam.samples(before, after));
    }

    private static SftConfig training(Course course) {
        World world = new World(course.settings().seed());
        Path data = course.data(
                "instructions.jsonl",
                () -> Stream.concat(
                        LongStream.range(0, course.sizes().instructions())
                                .mapToObj(number -> course.instructions()
                                        .instruction(Split.TRAIN, number)
                                        .json(Split.TRAIN, false)),
                        LongStream.range(0, course.sizes().documents())
                                .mapToObj(number -> text(world.document(number)))));
        return Configuration.of(
                SftConfig.class,
                List.of(
                        "model=" + Course.quoted(course.starter()),
                        "output=" + Course.quoted(course.run(Stage.SFT)),
                        "data.train=" + Course.quoted(data),
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

    /// A row in which nothing is asked.
    private static String text(String document) {
        return JsonMapper.shared().writeValueAsString(Map.of("prompt", "", "completion", document));
    }
}

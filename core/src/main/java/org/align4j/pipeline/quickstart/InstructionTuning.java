package org.align4j.pipeline.quickstart;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.align4j.config.Configuration;
import org.align4j.evaluate.SetResult;
import org.align4j.train.sft.SftConfig;
import org.align4j.train.sft.SftTrainer;
import org.align4j.world.task.Instructions.Split;

/// The first stage: the starter learns to follow the world's instructions by supervised
/// fine-tuning, and is asked before and after about families of instructions that it never saw, and
/// about families that it saw with other words.
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
                        + course.instructions().families(Split.TRAIN).size()
                        + " families, and asked before and after: instructions of families that it never saw, and of"
                        + " those that it saw with names, places and combinations that it never saw. Gold rewards say what"
                        + " answers are worth, from 0 to 1.",
                course.run(Stage.SFT),
                exam.table(before, after),
                List.of(StageResult.Curve.LOSS),
                exam.samples(before, after));
    }

    private static SftConfig training(Course course) {
        Path data = course.data("instructions.jsonl", () -> LongStream.range(
                        0, course.sizes().instructions())
                .mapToObj(number ->
                        course.instructions().instruction(Split.TRAIN, number).json(Split.TRAIN, true)));
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
                        // an adapter leaves the embeddings alone: when all weights are trained, names
                        // that no instruction holds become unlikely, and copying them fails
                        "lora.rank=32",
                        "lora.alpha=64",
                        "batch_size=0",
                        "max_tokens=2048",
                        "epochs=" + course.sizes().epochs(),
                        "learning_rate=3e-3",
                        "schedule=cosine",
                        "warmup_steps=20",
                        "weight_decay=0.1",
                        "optimizer_options.beta2=0.95",
                        "keep=1"));
    }
}

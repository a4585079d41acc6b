package org.align4j.pipeline.quickstart;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.align4j.config.Configuration;
import org.align4j.evaluate.SetResult;
import org.align4j.train.policy.GrpoConfig;
import org.align4j.train.policy.GrpoTrainer;
import org.align4j.world.task.Instruction;
import org.align4j.world.task.Instructions.Split;

/// The fifth stage: the instruction-tuned model draws groups of answers to problems whose answers
/// can be checked, and learns from which of them are right.
final class GroupTuning {
    private static final List<String> FAMILIES =
            List.of("add", "subtract", "word_problem", "count", "largest", "sort_numbers", "repeat", "true_false");
    private static final int PROMPTS_OF_EACH = 250;

    private GroupTuning() {}

    static StageResult run(Course course) {
        int each = Math.max(1, course.sizes().questions() / FAMILIES.size());
        Exam exam = new Exam(course, List.of(), List.of())
                .with(
                        "world_held_out_problems",
                        problems(course, Split.HELD_OUT_WORDS, 0, each).toList());
        List<SetResult> before = exam.ask(InstructionTuning.MODEL, course.run(Stage.SFT), false);
        course.train(Stage.GRPO, training(course), GrpoTrainer::run);
        List<SetResult> after = exam.ask("after GRPO", course.run(Stage.GRPO), false);
        return new StageResult(
                Stage.GRPO,
                "The instruction-tuned model drew eight answers to each problem: sums, sorting, counting, statements to"
                        + " judge. Rules check them. Group relative policy optimisation made answers that are better than"
                        + " their group's mean more probable, without a reward model and without a value model. It is"
                        + " asked about problems with other numbers, names and combinations.",
                course.run(Stage.GRPO),
                exam.table(List.of(before, after)),
                List.of(
                        StageResult.Curve.of("Share of right answers among those drawn", "right", "rewards/gold/mean"),
                        StageResult.Curve.of("Length of answers, tokens", "mean", "completions/mean_length")),
                exam.samples(List.of(before, after)));
    }

    private static Stream<Instruction> problems(Course course, Split split, int first, int count) {
        return LongStream.range(first, first + count)
                .boxed()
                .flatMap(number ->
                        FAMILIES.stream().map(family -> course.instructions().instruction(split, family, number)));
    }

    private static GrpoConfig training(Course course) {
        Path problems = course.data(
                "problems.jsonl",
                () -> problems(course, Split.TRAIN, course.sizes().instructions(), PROMPTS_OF_EACH)
                        .map(problem -> problem.json(Split.TRAIN, true)));
        return Configuration.of(
                GrpoConfig.class,
                List.of(
                        "model=" + Course.quoted(course.run(Stage.SFT)),
                        "output=" + Course.quoted(course.run(Stage.GRPO)),
                        "data.train=" + Course.quoted(problems),
                        "data.max_length=384",
                        "rewards=[{type: gold}]",
                        "rollout={prompts: 16, group_size: 8, max_new_tokens: 64, at_once: 128}",
                        "loss={beta: 0.0}",
                        "seed=" + course.settings().seed(),
                        "precision=bf16",
                        "iterations=" + course.sizes().grpoIterations(),
                        "max_tokens=4096",
                        "learning_rate=1e-4",
                        "keep=1"));
    }
}

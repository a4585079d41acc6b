package org.align4j.pipeline.quickstart;

import java.util.List;
import org.align4j.config.Configuration;
import org.align4j.evaluate.SetResult;
import org.align4j.train.preference.DpoConfig;
import org.align4j.train.preference.DpoTrainer;

/// The third stage: the instruction-tuned model learns from the labelers' rankings directly.
final class PreferenceTuning {
    private PreferenceTuning() {}

    static StageResult run(Course course) {
        Exam exam = Exam.ofStories(course);
        List<SetResult> before = exam.ask(InstructionTuning.MODEL, course.run(Stage.SFT), false);
        course.train(Stage.DPO, training(course), DpoTrainer::run);
        List<SetResult> after = exam.ask("after DPO", course.run(Stage.DPO), false);
        return new StageResult(
                Stage.DPO,
                "The instruction-tuned model learned from the labelers' rankings themselves, without a reward model:"
                        + " answers that were ranked higher became more probable, compared with those ranked lower, than"
                        + " they were before.",
                course.run(Stage.DPO),
                exam.table(List.of(before, after)),
                List.of(
                        StageResult.Curve.LOSS,
                        StageResult.Curve.of(
                                "Implicit rewards", "better", "rewards/chosen", "worse", "rewards/rejected")),
                exam.samples(List.of(before, after)));
    }

    private static DpoConfig training(Course course) {
        return Configuration.of(
                DpoConfig.class,
                List.of(
                        "model=" + Course.quoted(course.run(Stage.SFT)),
                        "output=" + Course.quoted(course.run(Stage.DPO)),
                        "data.train=" + Course.quoted(RankedAnswers.toLearnFrom(course)),
                        "data.eval=" + Course.quoted(RankedAnswers.toTestOn(course)),
                        "data.max_length=512",
                        "reference.cache="
                                + Course.quoted(course.settings().output().resolve("reference")),
                        "seed=" + course.settings().seed(),
                        "precision=bf16",
                        "loss={type: dpo, beta: 0.05}",
                        "batch_size=4",
                        "max_tokens=2048",
                        "epochs=1",
                        "learning_rate=3e-4",
                        "keep=1"));
    }
}

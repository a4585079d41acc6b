package org.align4j.pipeline.quickstart;

import java.nio.file.Path;
import java.util.List;
import org.align4j.config.Configuration;
import org.align4j.evaluate.SetResult;
import org.align4j.train.policy.PpoConfig;
import org.align4j.train.policy.PpoTrainer;
import org.align4j.world.task.Instructions.Split;

/// The fourth stage: the instruction-tuned model draws answers and learns from what the reward
/// model says of them.
final class PolicyTuning {
    private static final int PROMPTS = 2_000;

    private PolicyTuning() {}

    static StageResult run(Course course) {
        Exam exam = Exam.ofStories(course);
        List<SetResult> before = exam.ask(InstructionTuning.MODEL, course.run(Stage.SFT), false);
        course.train(Stage.PPO, training(course), PpoTrainer::run);
        List<SetResult> after = exam.ask("after PPO", course.run(Stage.PPO), false);
        return new StageResult(
                Stage.PPO,
                "The instruction-tuned model drew answers, the reward model scored them, and proximal policy"
                        + " optimisation made the better ones more probable, held near where it began. What answers are"
                        + " really worth was written down (`rewards/gold` in the run), never learned from.",
                course.run(Stage.PPO),
                exam.table(List.of(before, after)),
                List.of(
                        StageResult.Curve.of(
                                "Mean reward of the drawn answers",
                                "reward model",
                                "rewards/model/mean",
                                "gold, not learned from",
                                "rewards/gold/mean"),
                        StageResult.Curve.of("KL to where it began, nats an answer", "KL", "objective/kl")),
                exam.samples(List.of(before, after)));
    }

    private static PpoConfig training(Course course) {
        int first = OpenStories.afterFineTuning(course) + course.sizes().rankings();
        Path prompts = course.data(
                "stories.jsonl",
                () -> OpenStories.of(course.instructions(), Split.TRAIN, first, PROMPTS).stream()
                        .map(story -> story.json(Split.TRAIN, true)));
        return Configuration.of(
                PpoConfig.class,
                List.of(
                        "model=" + Course.quoted(course.run(Stage.SFT)),
                        "value_model=" + Course.quoted(course.run(Stage.REWARD)),
                        "output=" + Course.quoted(course.run(Stage.PPO)),
                        "data.train=" + Course.quoted(prompts),
                        "data.max_length=384",
                        "rewards=[{type: model, model: " + Course.quoted(course.run(Stage.REWARD)) + "}, {type: gold}]",
                        "reward_weights=[1.0, 0.0]",
                        "rollout={prompts: 48, group_size: 1, max_new_tokens: 160, at_once: 48}",
                        "loss={beta: 0.05}",
                        "seed=" + course.settings().seed(),
                        "precision=bf16",
                        "iterations=" + course.sizes().ppoIterations(),
                        "epochs=1",
                        "minibatches=4",
                        "max_tokens=2048",
                        "learning_rate=1e-4",
                        "keep=1"));
    }
}

package org.align4j.pipeline.quickstart;

import java.util.List;
import org.align4j.rl.reward.Attempt;
import org.align4j.rl.reward.RewardFunction;
import org.align4j.world.gold.GoldRewards;
import org.align4j.world.gold.Judge;
import org.align4j.world.task.WorldJudge;

/// What answers to the small world's instructions are worth, by the gold rewards in the prompts'
/// rows: a `type: java` reward for files of `align4j world instructions`.
public final class GoldWorth implements RewardFunction {
    private final Judge judge = WorldJudge.create();

    @Override
    public double[] of(List<Attempt> attempts) {
        return attempts.stream()
                .mapToDouble(attempt -> judge.judge(GoldRewards.of(attempt.fields(), "prompt \"" + attempt.prompt() + "\""), attempt.response())
                        .total())
                .toArray();
    }
}

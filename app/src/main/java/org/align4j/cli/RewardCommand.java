package org.align4j.cli;

import org.align4j.train.reward.RewardConfig;
import org.align4j.train.reward.RewardTrainer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `align4j reward`: a reward model from comparisons.
@Command(
        name = "reward",
        description = "Train a reward model on rankings, ratings, choices or pairs.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  align4j reward --set model=runs/sft --set data.train=[rankings.jsonl] --set output=runs/reward"
        })
final class RewardCommand implements Runnable {
    @Mixin
    private TrainingOptions options = new TrainingOptions();

    @Override
    public void run() {
        options.train(RewardConfig.class, RewardTrainer::run);
    }
}

package org.align4j.cli;

import org.align4j.train.policy.GrpoConfig;
import org.align4j.train.policy.GrpoTrainer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `align4j grpo`: learning from rewards of groups of answers.
@Command(
        name = "grpo",
        description = "Let a model learn from rewards of its own answers: GRPO and its variants, RLOO, REINFORCE.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  align4j grpo --set model=runs/sft --set data.train=[problems.jsonl] \\",
            "    --set \"rewards=[{type: math, column: answer}]\" --set output=runs/grpo"
        })
final class GrpoCommand implements Runnable {
    @Mixin
    private TrainingOptions options = new TrainingOptions();

    @Override
    public void run() {
        options.train(GrpoConfig.class, GrpoTrainer::run);
    }
}

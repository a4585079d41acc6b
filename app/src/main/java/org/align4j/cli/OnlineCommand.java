package org.align4j.cli;

import org.align4j.train.policy.OnlineConfig;
import org.align4j.train.policy.OnlineTrainer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `align4j online`: learning from pairs of the policy's own answers.
@Command(
        name = "online",
        description = "Let a model learn from comparisons of its own answers: online and iterative DPO, XPO.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  align4j online --set model=runs/sft --set data.train=[prompts.jsonl] \\",
            "    --set \"rewards=[{type: model, model: runs/reward}]\" --set output=runs/online"
        })
final class OnlineCommand implements Runnable {
    @Mixin
    private TrainingOptions options = new TrainingOptions();

    @Override
    public void run() {
        options.train(OnlineConfig.class, OnlineTrainer::run);
    }
}

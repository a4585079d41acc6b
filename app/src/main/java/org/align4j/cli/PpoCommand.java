package org.align4j.cli;

import org.align4j.train.policy.PpoConfig;
import org.align4j.train.policy.PpoTrainer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `align4j ppo`: proximal policy optimisation.
@Command(
        name = "ppo",
        description = "Let a model learn from a reward model or other rewards, with a value model beside it (RLHF).",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  align4j ppo --set model=runs/sft --set data.train=[prompts.jsonl] \\",
            "    --set \"rewards=[{type: model, model: runs/reward}]\" --set output=runs/ppo"
        })
final class PpoCommand implements Runnable {
    @Mixin
    private TrainingOptions options = new TrainingOptions();

    @Override
    public void run() {
        options.train(PpoConfig.class, PpoTrainer::run);
    }
}

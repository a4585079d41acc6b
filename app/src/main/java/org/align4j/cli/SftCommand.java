package org.align4j.cli;

import org.align4j.train.sft.SftConfig;
import org.align4j.train.sft.SftTrainer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `align4j sft`: supervised fine-tuning.
@Command(
        name = "sft",
        description = "Fine-tune a model on demonstrations.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  align4j sft --set model=MODEL --set data.train=[train.jsonl] --set output=runs/first"
        })
final class SftCommand implements Runnable {
    @Mixin
    private TrainingOptions options = new TrainingOptions();

    @Override
    public void run() {
        options.train(SftConfig.class, SftTrainer::run);
    }
}

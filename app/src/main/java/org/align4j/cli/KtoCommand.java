package org.align4j.cli;

import org.align4j.train.preference.KtoConfig;
import org.align4j.train.preference.KtoTrainer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `align4j kto`: learning from answers that are good or bad by themselves.
@Command(
        name = "kto",
        description = {
            "Train a model on answers that are good or bad by themselves; pairs are one of each.",
            "",
            "loss is one of kto, apo_zero, bco."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  align4j kto --set model=MODEL --set data.train=[labels.jsonl] --set output=runs/kto"
        })
final class KtoCommand implements Runnable {
    @Mixin
    private TrainingOptions options = new TrainingOptions();

    @Override
    public void run() {
        options.train(KtoConfig.class, KtoTrainer::run);
    }
}

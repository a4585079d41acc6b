package org.align4j.cli;

import org.align4j.train.pretrain.PretrainConfig;
import org.align4j.train.pretrain.PretrainTrainer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `align4j pretrain`: a new model from text.
@Command(
        name = "pretrain",
        description = "Train a new model on text.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  align4j tokenizer train corpus.txt --vocab 4096 --out tokenizer",
            "  align4j init pretrain",
            "  align4j pretrain --config pretrain.yaml"
        })
final class PretrainCommand implements Runnable {
    @Mixin
    private TrainingOptions options = new TrainingOptions();

    @Override
    public void run() {
        options.train(PretrainConfig.class, PretrainTrainer::run);
    }
}

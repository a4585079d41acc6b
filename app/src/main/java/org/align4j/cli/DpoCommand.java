package org.align4j.cli;

import java.util.List;
import java.util.Optional;
import org.align4j.train.preference.DpoConfig;
import org.align4j.train.preference.DpoTrainer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `align4j dpo`: learning from pairs and rankings; `orpo`, `simpo` and others are the same command
/// with another loss.
@Command(
        name = "dpo",
        description = {
            "Train a model on preferences: pairs or rankings of answers.",
            "",
            "loss is one of dpo, robust_dpo, ipo, hinge, exo, nca, sppo, apo_zero, apo_down, aot, aot_unpaired, bco,"
                    + " discopop, dpop, cpo, simpo, orpo, rao_kupper, davidson, plackett_luce, nll, weighted_sum."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  align4j dpo --set model=MODEL --set data.train=[pairs.jsonl] --set output=runs/dpo",
            "  align4j dpo --config dpo.yaml --set loss=ipo --set loss.beta=0.2"
        })
final class DpoCommand implements Runnable {
    private final Optional<PreferencePreset> preset;

    @Mixin
    private TrainingOptions options = new TrainingOptions();

    DpoCommand() {
        this(Optional.empty());
    }

    private DpoCommand(Optional<PreferencePreset> preset) {
        this.preset = preset;
    }

    /// The command of a preset's name.
    static CommandLine of(PreferencePreset preset) {
        CommandLine command = new CommandLine(new DpoCommand(Optional.of(preset)));
        command.getCommandSpec()
                .name(preset.name())
                .usageMessage()
                .description(preset.description() + " The same as align4j dpo with loss: " + preset.name() + ".")
                .footer(
                        "",
                        "Example:",
                        "  align4j " + preset.name() + " --set model=MODEL --set data.train=[pairs.jsonl]");
        return command;
    }

    @Override
    public void run() {
        options.train(
                DpoConfig.class,
                preset.map(each -> List.of("loss.type=" + each.name())).orElse(List.of()),
                DpoTrainer::run);
    }
}

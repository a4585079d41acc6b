package org.align4j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.align4j.error.AlignException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `align4j init WORK`: writes a commented configuration.
@Command(name = "init", description = "Write a commented configuration to start from.", mixinStandardHelpOptions = true)
final class InitCommand implements Runnable {
    /// What there is a configuration for; each has a resource of its name, or is a preset of DPO.
    enum Work {
        PRETRAIN,
        SFT,
        REWARD,
        DPO,
        IPO,
        ORPO,
        SIMPO,
        CPO,
        KTO,
        ONLINE,
        GRPO,
        PPO,
        CAI
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "WORK", description = "One of: ${COMPLETION-CANDIDATES}.")
    private Work work = Work.SFT;

    @Option(names = "--output", paramLabel = "FILE", description = "Where to write it; WORK.yaml by default.")
    private Optional<Path> output = Optional.empty();

    @Override
    public void run() {
        String name = work.name().toLowerCase(Locale.ROOT);
        Path file = output.orElse(Path.of(name + ".yaml"));
        try {
            Files.writeString(file, configuration(name), StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            throw new AlignException.Config(file + ": exists already; move it away or name another with --output", e);
        } catch (IOException e) {
            throw new AlignException.Config(file + ": cannot be written: " + e.getMessage(), e);
        }
        String next = work == Work.CAI ? "cai run " : name + " --config ";
        Align4j.out(spec).println("Wrote " + file + ". Next: align4j " + next + file);
    }

    /// The configuration of a command.
    static String configuration(String name) throws IOException {
        for (PreferencePreset preset : PreferencePreset.ALL) {
            if (preset.name().equals(name)) {
                return preset.configuration(template("dpo"));
            }
        }
        return template(name);
    }

    private static String template(String name) throws IOException {
        String resource = name + ".yaml";
        try (InputStream template = Objects.requireNonNull(InitCommand.class.getResourceAsStream(resource), resource)) {
            return new String(template.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

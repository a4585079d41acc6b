package org.align4j.cli;

import java.io.PrintWriter;
import org.align4j.run.Provenance;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// `align4j`: a command is one class of this package, listed here.
@Command(
        name = "align4j",
        description = "Fine-tunes language models on your conversations, and talks to them.",
        versionProvider = Align4j.Version.class,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            InitCommand.class,
            QuickstartCommand.class,
            TokenizerCommand.class,
            PretrainCommand.class,
            WorldCommand.class,
            SftCommand.class,
            RewardCommand.class,
            ScoreCommand.class,
            SampleCommand.class,
            DpoCommand.class,
            KtoCommand.class,
            GrpoCommand.class,
            OnlineCommand.class,
            PpoCommand.class,
            CaiCommand.class,
            ConstitutionCommand.class,
            ChatCommand.class,
            GenerateCommand.class,
            EvaluateCommand.class,
            RankCommand.class,
            InspectCommand.class,
            DataCommand.class,
            MergeCommand.class,
            RunsCommand.class,
            ReportCommand.class,
            VersionCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Align4j implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Print the stack trace of a failure.")
    private boolean debug;

    private Align4j(CommandSpec spec) {
        this.spec = spec;
    }

    /// Runs one command and exits with its code.
    public static void main(String[] arguments) {
        int code = commandLine().execute(arguments);
        System.out.flush();
        System.err.flush();
        System.exit(code);
    }

    /// The command line as `main` runs it.
    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Align4j(CommandSpec.create()));
        PreferencePreset.ALL.forEach(preset -> commandLine.addSubcommand(preset.name(), DpoCommand.of(preset)));
        Failures failures = new Failures();
        return commandLine
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionStrategy(Align4j::execute)
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures);
    }

    /// The command's errors, such as a full heap, as exceptions that [Failures] hears of.
    private static int execute(CommandLine.ParseResult parsed) {
        try {
            return new CommandLine.RunLast().execute(parsed);
        } catch (OutOfMemoryError | StackOverflowError | LinkageError e) {
            throw new CommandLine.ExecutionException(parsed.commandSpec().commandLine(), String.valueOf(e), e);
        }
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command");
    }

    boolean debug() {
        return debug;
    }

    /// What `--version` prints.
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"align4j " + Provenance.version()};
        }
    }

    /// Standard output of `spec`'s command.
    static PrintWriter out(CommandSpec spec) {
        return spec.commandLine().getOut();
    }
}

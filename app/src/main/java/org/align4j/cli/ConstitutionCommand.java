package org.align4j.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.align4j.pipeline.constitution.Constitution;
import org.align4j.pipeline.constitution.Principle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `align4j constitution`: written principles.
@Command(
        name = "constitution",
        description = "Check and show constitutions: the principles of `align4j cai`.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class ConstitutionCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command: check, show or schema");
    }

    private static final String SOURCE = "A YAML file, or harmlessness, helpfulness, honesty or world.";

    @Command(
            name = "check",
            description = "Check a constitution and say what it holds.",
            mixinStandardHelpOptions = true,
            footer = {"", "Example:", "  align4j constitution check harmlessness"})
    void check(@Parameters(paramLabel = "SOURCE", description = SOURCE) String source) {
        Constitution constitution = Constitution.of(source);
        TreeSet<String> tags = new TreeSet<>();
        TreeSet<String> languages = new TreeSet<>();
        for (Principle principle : constitution.principles()) {
            tags.addAll(principle.tags());
            languages.add(principle.language());
        }
        PrintWriter out = Align4j.out(spec);
        out.printf(
                Locale.ROOT,
                "%s: %d principles, %d demonstrations; tags %s; languages %s%n",
                constitution.name(),
                constitution.principles().size(),
                constitution.demonstrations().size(),
                String.join(", ", tags),
                String.join(", ", languages));
        constitution.doubts().forEach(doubt -> out.println("doubtful: " + doubt));
    }

    @Command(
            name = "show",
            description = "Print the principles that a run would use.",
            mixinStandardHelpOptions = true,
            footer = {"", "Example:", "  align4j constitution show harmlessness --tag privacy,law"})
    void show(
            @Parameters(paramLabel = "SOURCE", description = SOURCE) String source,
            @Option(
                            names = "--tag",
                            split = ",",
                            paramLabel = "T",
                            description = "Principles with one of these only.",
                            defaultValue = Option.NULL_VALUE)
                    @Nullable
                    List<String> tags,
            @Option(names = "--language", paramLabel = "L", description = "Principles in it only.", defaultValue = "")
                    String language) {
        PrintWriter out = Align4j.out(spec);
        for (Principle principle : Constitution.of(source)
                .selected(tags == null ? List.of() : tags, language)
                .principles()) {
            out.printf(Locale.ROOT, "%s  (weight %s, %s)%n", principle.id(), principle.weight(), principle.tags());
            out.println("  critique:   " + principle.critique());
            out.println("  revision:   " + principle.revision());
            out.println("  comparison: " + principle.comparison());
            out.println();
        }
    }

    @Command(
            name = "schema",
            description = "Print the JSON schema of constitutions, for editors.",
            mixinStandardHelpOptions = true)
    void schema() {
        Align4j.out(spec).println(Constitution.schema().strip());
    }
}

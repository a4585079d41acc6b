package org.align4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.align4j.pipeline.cai.Lineage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `align4j cai show`: what became of a prompt.
@Command(
        name = "show",
        description = {
            "Show what became of a prompt: response, critiques, revisions, what is learned, answers and feedback.",
            "To leave an example out or change it, write edits.yaml into the run's folder: see docs/algorithms/cai.md."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  align4j cai show --run runs/cai p3"})
final class CaiShowCommand implements Runnable {
    private static final int BEGINNING = 100;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--run", paramLabel = "DIR", description = "The run's folder. Default: runs/cai.")
    private Path run = Path.of("runs/cai");

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "ID",
            description =
                    "A prompt such as p3, a comparison such as p3-1, or what was mixed in, such as h5. Without it all"
                            + " prompts are listed.")
    private Optional<String> id = Optional.empty();

    @Override
    public void run() {
        PrintWriter out = Align4j.out(spec);
        Lineage lineage = Lineage.of(run);
        if (id.isEmpty()) {
            lineage.all().forEach(entry -> out.println(entry.what() + "\t" + beginning(entry.text())));
            return;
        }
        for (Lineage.Entry entry : lineage.of(id.get())) {
            out.println("== " + entry.what());
            out.println(entry.text());
            out.println();
        }
    }

    private static String beginning(String text) {
        String line = text.replace('\n', ' ');
        return line.length() <= BEGINNING ? line : line.substring(0, BEGINNING) + "…";
    }
}

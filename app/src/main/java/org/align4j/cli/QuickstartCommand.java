package org.align4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import org.align4j.data.Message;
import org.align4j.pipeline.Quickstart;
import org.align4j.pipeline.TinyWorld;
import org.align4j.run.Interruption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `align4j quickstart`: from nothing to a model that answers, in minutes.
@Command(
        name = "quickstart",
        description = "Train a tiny model from scratch on dialogues made here, and ask it before and after.",
        mixinStandardHelpOptions = true)
final class QuickstartCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--output", paramLabel = "DIR", description = "Folder of the run. Default: runs/quickstart.")
    private Path output = Path.of("runs/quickstart");

    @Option(names = "--seed", description = "Of dialogues, first weights and order. Default: 42.")
    private long seed = 42;

    @Override
    public void run() {
        PrintWriter out = Align4j.out(spec);
        Interruption interruption = Interruption.onSignals(
                () -> System.err.println("\nstopping after this step and saving; again to stop at once"));
        Quickstart.Result result;
        try (ProgressListener progress = ProgressListener.onStandardError()) {
            result = Quickstart.run(Quickstart.Settings.standard(output, seed), progress, interruption);
        }
        print(out, result);
        if (interruption.requested()) {
            throw new CancellationException("interrupted");
        }
        out.println("Next: align4j chat --model " + output + "   (ask it what it was asked above)");
        out.println("      align4j report " + output + "   (figures and the loss curve)");
    }

    private static void print(PrintWriter out, Quickstart.Result result) {
        out.printf(
                Locale.ROOT,
                "%nA Llama of %,d parameters. Held-out questions answered exactly:%n%n",
                result.parameters());
        out.printf("  %-10s %10s %10s%n", "", "before", "after");
        for (TinyWorld.Kind kind : TinyWorld.Kind.values()) {
            Quickstart.Score before = result.before().getOrDefault(kind, new Quickstart.Score(0, 0));
            Quickstart.Score after = result.after().getOrDefault(kind, new Quickstart.Score(0, 0));
            out.printf("  %-10s %10s %10s%n", kind.name().toLowerCase(Locale.ROOT), percent(before), percent(after));
        }
        for (Quickstart.Sample sample : result.samples()) {
            out.println();
            for (Message message : sample.dialogue().question().messages()) {
                out.println("  " + message.role() + ": " + message.content());
            }
            out.println("  model: " + sample.answer());
        }
        out.println();
    }

    private static String percent(Quickstart.Score score) {
        return "%.0f %%".formatted(100 * score.share());
    }
}

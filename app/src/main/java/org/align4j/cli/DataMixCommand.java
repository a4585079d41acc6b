package org.align4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.align4j.data.flan.Manifest;
import org.align4j.data.flan.MixWriter;
import org.align4j.data.flan.Mixture;
import org.align4j.error.AlignException;
import org.align4j.run.Interruption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `align4j data mix`: writes a mixture.
@Command(
        name = "mix",
        description = {
            "Write the prompts of a recipe as JSONL that `align4j sft` reads, with a manifest.",
            "",
            "Same recipe, seed and data: same bytes. An interrupted run goes on where it stopped."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  align4j data mix configs/recipes/flan2022.yaml --out data/flan",
            "  align4j data mix recipe.yaml --out data/flan --part 2/4    (the second of four processes)"
        })
final class DataMixCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private RecipeOptions recipe = new RecipeOptions();

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Where the files go.")
    private Path out = Path.of("mixture");

    @Option(
            names = "--part",
            paramLabel = "I/N",
            description = "Write the I-th of N parts only (1/4 … 4/4); all parts together are the whole.")
    private String part = "1/1";

    @Override
    public void run() {
        PrintWriter print = Align4j.out(spec);
        int[] wanted = parsePart();
        Interruption interruption = Interruption.onSignals(
                () -> System.err.println("stopping; what is written stays, the same command goes on"));
        long begun = System.nanoTime();
        try (Mixture mixture = recipe.open(out)) {
            mixture.notes().forEach(System.err::println);
            print.printf(
                    Locale.ROOT,
                    "%,d examples of %d tasks into %d files%n",
                    mixture.plan().examples(),
                    mixture.plan().entries().size(),
                    mixture.shards());
            print.flush();
            Optional<Manifest> manifest = write(mixture, wanted, interruption);
            double seconds = (System.nanoTime() - begun) / 1e9;
            if (manifest.isEmpty()) {
                print.println("wrote part " + part + "; the manifest comes when the other parts are there");
                return;
            }
            print(manifest.get(), seconds, print);
        }
    }

    private Optional<Manifest> write(Mixture mixture, int[] wanted, Interruption interruption) {
        boolean terminal = Optional.ofNullable(System.console())
                .filter(java.io.Console::isTerminal)
                .isPresent();
        if (!terminal) {
            return new MixWriter(mixture, out, written -> {}, interruption::requested)
                    .write(wanted[0], wanted[1], recipe.threads());
        }
        try (ProgressBar bar = new ProgressBarBuilder()
                .setInitialMax(mixture.plan().examples() / wanted[1])
                .setTaskName("examples")
                .build()) {
            return new MixWriter(mixture, out, bar::stepBy, interruption::requested)
                    .write(wanted[0], wanted[1], recipe.threads());
        }
    }

    private void print(Manifest manifest, double seconds, PrintWriter print) {
        print.printf(
                Locale.ROOT,
                "%,d examples, %.1f MB of text in %.1f s (%.0f MB/s); %s%n",
                manifest.examples(),
                manifest.characters() / 1e6,
                seconds,
                manifest.characters() / 1e6 / seconds,
                out.resolve("manifest.json"));
        shares("mixture", manifest.byMixture(), manifest.examples(), print);
        shares("prompt type", manifest.byPromptType(), manifest.examples(), print);
        shares("method", manifest.byMethod(), manifest.examples(), print);
        shares("language", manifest.byLanguage(), manifest.examples(), print);
        manifest.refused()
                .forEach((reason, refused) -> print.println("left out: " + reason + ": " + refused.count() + ", first "
                        + refused.examples().getFirst()));
    }

    private static void shares(String title, Map<String, Long> counts, long total, PrintWriter print) {
        print.println(title + ":");
        counts.forEach((name, count) -> print.printf(
                Locale.ROOT, "  %-24s %,10d  %5.1f %%%n", name, count, 100.0 * count / Math.max(1, total)));
    }

    /// Zero-based part and number of parts.
    private int[] parsePart() {
        if (part.matches("[1-9][0-9]{0,5}/[1-9][0-9]{0,5}")) {
            String[] numbers = part.split("/");
            int number = Integer.parseInt(numbers[0]);
            int all = Integer.parseInt(numbers[1]);
            if (number <= all) {
                return new int[] {number - 1, all};
            }
        }
        throw new AlignException.Config("--part " + part + ": expected I/N with I from 1 to N, such as 2/4");
    }
}

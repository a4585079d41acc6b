package org.align4j.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.LongStream;
import org.align4j.error.AlignException;
import org.align4j.run.Interruption;
import org.align4j.world.World;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// `align4j world corpus`: plain documents to pretrain on.
@Command(
        name = "corpus",
        description = "Write plain documents of the world: stories, talks, questions with answers, facts.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  align4j world corpus --documents 200000 --out corpus.jsonl"})
final class WorldCorpusCommand implements Runnable {
    private static final int CHUNK = 4096;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--documents", paramLabel = "N", description = "How many. Default: 100000.")
    private int documents = 100_000;

    @Option(
            names = "--first",
            paramLabel = "N",
            description = "Number of the first document; other numbers are other documents. Default: 0.")
    private long first;

    @Option(names = "--seed", description = "Of all documents. Default: 42.")
    private long seed = 42;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            required = true,
            description = "FILE.jsonl: a document a line as {\"text\": …}. FILE.txt: an empty line after each.")
    private Path out = Path.of("");

    @Override
    public void run() {
        boolean json = isJson(out);
        if (documents < 1) {
            throw new AlignException.Config("--documents: " + documents + " is out of range; give at least 1");
        }
        if (first < 0) {
            throw new AlignException.Config("--first: " + first + " is out of range; give at least 0");
        }
        World world = new World(seed);
        Interruption interruption = Interruption.onSignals(() -> System.err.println("\nstopping"));
        long bytes = 0;
        try (WholeFile file = WholeFile.create(out);
                ItemProgress progress = ItemProgress.onStandardError()) {
            progress.started("documents", documents, 0);
            for (long at = 0; at < documents; at += CHUNK) {
                if (interruption.requested()) {
                    throw new CancellationException("interrupted");
                }
                List<String> texts = LongStream.range(first + at, first + Math.min(documents, at + CHUNK))
                        .parallel()
                        .mapToObj(world::document)
                        .toList();
                for (String text : texts) {
                    file.line(json ? JsonMapper.shared().writeValueAsString(Map.of("text", text)) : text + "\n");
                    bytes += text.length();
                }
                progress.done(texts.size());
            }
            file.publish();
        }
        Align4j.out(spec)
                .printf(Locale.ROOT, "Wrote %,d documents, %.1f MB of text, to %s%n", documents, bytes / 1e6, out);
    }

    private static boolean isJson(Path file) {
        String name = file.toString();
        if (!name.endsWith(".jsonl") && !name.endsWith(".txt")) {
            throw new AlignException.Config("--out: " + name + " is neither .jsonl nor .txt; name the file so");
        }
        return name.endsWith(".jsonl");
    }
}

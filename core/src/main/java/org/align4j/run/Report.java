package org.align4j.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.align4j.error.AlignException;
import tools.jackson.databind.JsonNode;

/// `loss.png` (where the machine has fonts) and `report.html` of a run: one page without links to
/// elsewhere.
public final class Report {
    /// The newest samples are what a reader wants.
    private static final int SAMPLES = 20;

    private Report() {}

    /// Writes both files anew from what the run holds.
    ///
    /// @param now the time to print
    public static void write(RunFiles files, Instant now) {
        List<Metrics.Row> rows = Metrics.read(files.metrics());
        String name = files.folder().toAbsolutePath().normalize().getFileName().toString();
        Optional<byte[]> curve = LossCurve.png(name, rows);
        try {
            if (curve.isPresent()) {
                DurableFiles.write(files.lossCurve(), curve.get());
            }
            DurableFiles.write(files.report(), page(name, files, rows, now).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AlignException.Checkpoint(files.report() + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private static String page(String name, RunFiles files, List<Metrics.Row> rows, Instant now) throws IOException {
        RunState state = files.state();
        String facts = state.kind().name().toLowerCase(Locale.ROOT)
                + (state.totalSteps() > 0 ? ", step " + state.step() + " of " + state.totalSteps() : "")
                + (state.reason().isEmpty() ? "" : ": " + state.reason())
                + ", written "
                + now.truncatedTo(ChronoUnit.SECONDS);
        HtmlPage page = new HtmlPage(name, facts).drawing(curve(rows));
        frontier(page, rows);
        metrics(page, rows);
        page.heading("Configuration").verbatim(Files.readString(files.config()));
        samples(page, JsonLines.read(files.samples()));
        return page.html();
    }

    /// The loss over the steps, and that of evaluations; of a policy its reward, since a policy's loss
    /// says nothing.
    public static String curve(List<Metrics.Row> rows) {
        if (rows.stream().anyMatch(row -> row.values().containsKey(Metrics.REWARD))) {
            return Chart.lines(
                    "reward over the steps",
                    List.of(
                            Chart.Series.of("reward, training", rows, Metrics.REWARD),
                            Chart.Series.of("reward, evaluation", rows, Metrics.EVAL_REWARD)));
        }
        return Chart.lines(
                "loss over the steps",
                List.of(
                        Chart.Series.of("training", rows, Metrics.LOSS),
                        Chart.Series.of("evaluation", rows, Metrics.EVAL_LOSS)));
    }

    /// What a policy has gained by how far it has gone from its reference, on held-out prompts: the
    /// reward that it learns from, and the one that is held back from it.
    private static void frontier(HtmlPage page, List<Metrics.Row> rows) {
        for (String metric : List.of(Metrics.EVAL_REWARD, Metrics.EVAL_GOLD_REWARD)) {
            Chart.Series path = Chart.Series.of(metric, rows, Metrics.EVAL_KL, metric);
            if (path.points().size() > 1) {
                page.drawing(Chart.lines(
                        metric + " by the KL from the reference", "KL from the reference, nats", List.of(path)));
            }
        }
    }

    private static void metrics(HtmlPage page, List<Metrics.Row> rows) {
        if (rows.isEmpty()) {
            return;
        }
        List<List<String>> lines = new ArrayList<>();
        rows.stream()
                .flatMap(row -> row.values().keySet().stream())
                .distinct()
                .forEach(name -> last(rows, name)
                        .ifPresent(row -> lines.add(List.of(
                                name,
                                number(row.values().getOrDefault(name, Double.NaN)),
                                String.valueOf(row.step())))));
        page.heading("Metrics").table(List.of("name", "last", "at step"), lines);
    }

    private static Optional<Metrics.Row> last(List<Metrics.Row> rows, String name) {
        return rows.reversed().stream()
                .filter(row -> row.values().containsKey(name))
                .findFirst();
    }

    /// Counts in full, other numbers to five significant digits.
    private static String number(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 1e-3 && size < 1e5 ? "%.5g" : "%.3e", value);
    }

    private static void samples(HtmlPage page, List<JsonNode> samples) {
        if (samples.isEmpty()) {
            return;
        }
        page.heading("Samples");
        List<JsonNode> newest = samples.subList(Math.max(0, samples.size() - SAMPLES), samples.size());
        for (JsonNode sample : newest.reversed()) {
            List<HtmlPage.Field> fields = new ArrayList<>();
            sample.forEachEntry((key, value) ->
                    fields.add(new HtmlPage.Field(key, value.isString() ? value.asString() : value.toString())));
            page.article(fields);
        }
    }

    /// A sample for TensorBoard's text tab, which reads Markdown.
    static String markdown(Map<String, ?> values) {
        StringBuilder text = new StringBuilder();
        values.forEach((key, value) -> text.append("**")
                .append(key)
                .append("**\n\n    ")
                .append(String.valueOf(value).replace("\n", "\n    "))
                .append("\n\n"));
        return text.toString();
    }
}

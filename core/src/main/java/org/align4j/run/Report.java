package org.align4j.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.align4j.error.AlignException;
import tools.jackson.databind.JsonNode;

/// `loss.png` and `report.html` of a run: one page without links to elsewhere.
public final class Report {
    /// The newest samples are what a reader wants.
    private static final int SAMPLES = 20;

    private static final String STYLE = """
            body{font:16px/1.5 system-ui,sans-serif;color:#222b36;max-width:68rem;margin:2rem auto;padding:0 1rem}
            h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2rem 0 .5rem}
            .facts{color:#667080;margin:.2rem 0 1rem}img{width:100%;height:auto}
            table{border-collapse:collapse}td,th{padding:.2rem 1.2rem .2rem 0;text-align:left;vertical-align:top}
            td.n{text-align:right;font-variant-numeric:tabular-nums}
            pre{background:#f5f7f9;padding:.8rem 1rem;border-radius:6px;overflow-x:auto;white-space:pre-wrap}
            article{border-top:1px solid #e6e9ee;padding:.6rem 0}article b{color:#667080;font-weight:600}
            """;

    private Report() {}

    /// Writes both files anew from what the run holds.
    ///
    /// @param now the time to print
    public static void write(RunFiles files, Instant now) {
        List<Metrics.Row> rows = Metrics.read(files.metrics());
        String name = files.folder().toAbsolutePath().normalize().getFileName().toString();
        byte[] curve = LossCurve.png(name, rows);
        try {
            DurableFiles.write(files.lossCurve(), curve);
            DurableFiles.write(
                    files.report(), page(name, files, rows, curve, now).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AlignException.Checkpoint(files.report() + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private static String page(String name, RunFiles files, List<Metrics.Row> rows, byte[] curve, Instant now)
            throws IOException {
        RunState state = files.state();
        StringBuilder html = new StringBuilder("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width\"><title>")
                .append(escape(name))
                .append("</title><style>")
                .append(STYLE)
                .append("</style><h1>")
                .append(escape(name))
                .append("</h1><p class=\"facts\">")
                .append(state.kind().name().toLowerCase(Locale.ROOT))
                .append(state.totalSteps() > 0 ? ", step " + state.step() + " of " + state.totalSteps() : "")
                .append(state.reason().isEmpty() ? "" : ": " + escape(state.reason()))
                .append(", written ")
                .append(now.truncatedTo(ChronoUnit.SECONDS))
                .append("</p><img alt=\"loss over the steps\" src=\"data:image/png;base64,")
                .append(Base64.getEncoder().encodeToString(curve))
                .append("\">");
        metrics(html, rows);
        html.append("<h2>Configuration</h2><pre>")
                .append(escape(Files.readString(files.config())))
                .append("</pre>");
        samples(html, JsonLines.read(files.samples()));
        return html.append("</html>\n").toString();
    }

    private static void metrics(StringBuilder html, List<Metrics.Row> rows) {
        if (rows.isEmpty()) {
            return;
        }
        html.append("<h2>Metrics</h2><table><tr><th>name<th>last<th>at step</tr>");
        rows.stream()
                .flatMap(row -> row.values().keySet().stream())
                .distinct()
                .forEach(name -> last(rows, name)
                        .ifPresent(row -> html.append("<tr><td>")
                                .append(escape(name))
                                .append("<td class=\"n\">")
                                .append(number(row.values().getOrDefault(name, Double.NaN)))
                                .append("<td class=\"n\">")
                                .append(row.step())
                                .append("</tr>")));
        html.append("</table>");
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

    private static void samples(StringBuilder html, List<JsonNode> samples) {
        if (samples.isEmpty()) {
            return;
        }
        html.append("<h2>Samples</h2>");
        List<JsonNode> newest = samples.subList(Math.max(0, samples.size() - SAMPLES), samples.size());
        for (JsonNode sample : newest.reversed()) {
            html.append("<article>");
            sample.forEachEntry((key, value) -> {
                String text = value.isString() ? value.asString() : value.toString();
                html.append("<b>").append(escape(key)).append("</b> ");
                html.append(text.contains("\n") ? "<pre>" + escape(text) + "</pre>" : escape(text) + "<br>");
            });
            html.append("</article>");
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

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}

package org.align4j.data.doctor;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A diagnosis as one HTML file that needs nothing else.
public final class DiagnosisPage {
    private static final String STYLE = """
            body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
            h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}table{border-collapse:collapse;width:100%}
            td,th{padding:.3rem .6rem;text-align:left;border-bottom:1px solid #ddd;vertical-align:top}td.n{text-align:right}
            .ok{color:#187a3c}.fault{color:#b3261e;font-weight:600}.warning{color:#9a6700;font-weight:600}
            code{font-size:.85rem;word-break:break-word}.bar{display:inline-block;height:.8rem;background:#4a7bd0;vertical-align:middle}
            @media(prefers-color-scheme:dark){body{color:#ddd;background:#161616}td,th{border-color:#444}.ok{color:#5fcf86}
            .fault{color:#ff8a80}.warning{color:#f0c060}}
            """;

    /// Pixels of the longest bar.
    private static final int WIDTH = 240;

    private final StringBuilder html = new StringBuilder();

    private DiagnosisPage() {}

    public static String of(Diagnosis diagnosis) {
        DiagnosisPage page = new DiagnosisPage();
        page.write(diagnosis);
        return page.html.toString();
    }

    private void write(Diagnosis diagnosis) {
        html.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\"")
                .append(" content=\"width=device-width\"><title>Data report</title><style>")
                .append(STYLE)
                .append("</style></head><body><h1>Data report</h1><p>")
                .append(escaped(String.join(", ", diagnosis.files())))
                .append("<br>")
                .append(number(diagnosis.rows()))
                .append(" rows, ")
                .append(number(diagnosis.examples()))
                .append(" examined</p>");
        findings(diagnosis.findings());
        lengths("Lengths of prompts, in characters", diagnosis.prompts());
        lengths("Lengths of targets, in characters", diagnosis.completions());
        counts("Languages", diagnosis.languages(), diagnosis.examples());
        tasks(diagnosis.tasks());
        html.append("</body></html>\n");
    }

    private void findings(List<Finding> findings) {
        html.append("<h2>Findings</h2><table><tr><th>Check</th><th>Examples</th><th>First places</th></tr>");
        for (Finding finding : findings) {
            String style = finding.count() == 0
                    ? "ok"
                    : finding.check().severity().name().toLowerCase(Locale.ROOT);
            html.append("<tr><td class=\"").append(style).append("\">");
            html.append(escaped(finding.check().title())).append("</td><td class=\"n\">");
            html.append(number(finding.count())).append("</td><td>");
            finding.places()
                    .forEach(place ->
                            html.append("<code>").append(escaped(place)).append("</code><br>"));
            html.append("</td></tr>");
        }
        html.append("</table>");
    }

    private void lengths(String title, Lengths lengths) {
        html.append("<h2>").append(title).append("</h2><p>median ");
        html.append(number(lengths.quantile(0.5))).append(", 95 % up to ");
        html.append(number(lengths.quantile(0.95))).append(", longest ");
        html.append(number(lengths.quantile(1))).append("</p><table>");
        long[] ranges = lengths.byPowersOfTwo();
        long most = java.util.Arrays.stream(ranges).max().orElse(1);
        for (int power = 0; power < ranges.length; power++) {
            if (ranges[power] > 0) {
                bar("up to " + number(1L << power), ranges[power], most);
            }
        }
        html.append("</table>");
    }

    private void counts(String title, Map<String, Long> counts, long all) {
        html.append("<h2>").append(title).append("</h2><table>");
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .forEach(entry -> bar(entry.getKey(), entry.getValue(), all));
        html.append("</table>");
    }

    private void tasks(Map<String, Diagnosis.TaskAnswers> tasks) {
        html.append("<h2>Tasks and their answers</h2><table><tr><th>Task</th><th>Examples</th><th>Answers</th></tr>");
        tasks.forEach((task, facts) -> {
            html.append("<tr><td>").append(escaped(task)).append("</td><td class=\"n\">");
            html.append(number(facts.examples())).append("</td><td>");
            if (facts.answers().isEmpty()) {
                html.append("many");
            }
            facts.answers().entrySet().stream()
                    .limit(8)
                    .forEach(answer -> html.append("<code>")
                            .append(escaped(shortened(answer.getKey())))
                            .append("</code> ")
                            .append(Math.round(100.0 * answer.getValue() / facts.examples()))
                            .append(" %  "));
            html.append("</td></tr>");
        });
        html.append("</table>");
    }

    private void bar(String name, long count, long most) {
        html.append("<tr><td>")
                .append(escaped(name))
                .append("</td><td class=\"n\">")
                .append(number(count));
        html.append("</td><td><span class=\"bar\" style=\"width:")
                .append(Math.max(1, WIDTH * count / Math.max(1, most)))
                .append("px\"></span></td></tr>");
    }

    private static String shortened(String text) {
        return text.length() > 40 ? text.substring(0, 40) + "…" : text;
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}

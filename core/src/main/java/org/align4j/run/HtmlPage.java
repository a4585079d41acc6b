package org.align4j.run;

import java.util.List;

/// A page in one file, without links to elsewhere, for narrow and wide screens, light and dark.
/// Texts are escaped.
public final class HtmlPage {
    private static final String STYLE = """
            :root{--ink:#222b36;--faint:#5d6877;--paper:#fff;--panel:#f5f7f9;--rule:#e0e4ea;
              --c0:#1f6feb;--c1:#d9480f;--c2:#2b8a3e;--c3:#9c36b5;color-scheme:light dark}
            @media(prefers-color-scheme:dark){:root{--ink:#e3e8ee;--faint:#9aa6b4;--paper:#14181d;--panel:#1e242b;
              --rule:#323a44;--c0:#6ea8fe;--c1:#ff9a5c;--c2:#69db7c;--c3:#da8fee}}
            *{box-sizing:border-box}
            body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:68rem;
              margin:2rem auto;padding:0 1rem}
            h1{font-size:1.6rem;line-height:1.25;margin:0}h2{font-size:1.2rem;margin:2.2rem 0 .5rem}
            h3{font-size:1rem;margin:1.4rem 0 .3rem}.facts{color:var(--faint);margin:.2rem 0 1rem}
            svg{width:100%;height:auto;display:block}svg text{fill:var(--faint);font:13px system-ui,sans-serif}
            .wide{overflow-x:auto}table{border-collapse:collapse}
            td,th{padding:.25rem 1.2rem .25rem 0;text-align:left;vertical-align:top}
            td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
            tr+tr td{border-top:1px solid var(--rule)}
            pre{background:var(--panel);padding:.8rem 1rem;border-radius:6px;overflow-x:auto;white-space:pre-wrap;
              overflow-wrap:anywhere;margin:.4rem 0}
            .pair{display:grid;grid-template-columns:1fr 1fr;gap:.8rem}
            @media(max-width:640px){.pair{grid-template-columns:1fr}td,th{padding-right:.8rem}}
            .label{color:var(--faint);font-size:.9rem}summary{cursor:pointer;margin:.6rem 0}article{border-top:1px solid var(--rule);padding:.7rem 0}
            """;

    private final StringBuilder html = new StringBuilder();

    /// @param facts a line below the title; empty for none
    public HtmlPage(String title, String facts) {
        html.append("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width\"><title>")
                .append(escape(title))
                .append("</title><style>")
                .append(STYLE)
                .append("</style><h1>")
                .append(escape(title))
                .append("</h1>");
        if (!facts.isEmpty()) {
            html.append("<p class=\"facts\">").append(escape(facts)).append("</p>");
        }
    }

    public HtmlPage heading(String text) {
        return element("h2", text);
    }

    public HtmlPage subheading(String text) {
        return element("h3", text);
    }

    public HtmlPage text(String text) {
        return element("p", text);
    }

    /// Text with its line ends, in a box.
    public HtmlPage verbatim(String text) {
        return element("pre", text);
    }

    /// A drawing of [Chart].
    public HtmlPage drawing(String svg) {
        html.append("<div class=\"wide\">").append(svg).append("</div>");
        return this;
    }

    /// A drawing of [Chart] that a reader unfolds.
    public HtmlPage folded(String title, String svg) {
        html.append("<details><summary>").append(escape(title)).append("</summary>");
        drawing(svg);
        html.append("</details>");
        return this;
    }

    /// A table; cells that begin with a digit or a minus sign stand right.
    public HtmlPage table(List<String> header, List<List<String>> rows) {
        html.append("<div class=\"wide\"><table><tr>");
        for (int column = 0; column < header.size(); column++) {
            int at = column;
            boolean numbers = rows.stream().anyMatch(row -> isNumber(row.get(at)));
            html.append(numbers ? "<th class=\"n\">" : "<th>").append(escape(header.get(column)));
        }
        for (List<String> row : rows) {
            html.append("<tr>");
            row.forEach(cell ->
                    html.append(isNumber(cell) ? "<td class=\"n\">" : "<td>").append(escape(cell)));
        }
        html.append("</table></div>");
        return this;
    }

    private static boolean isNumber(String cell) {
        return !cell.isEmpty() && "0123456789-−+".indexOf(cell.charAt(0)) >= 0;
    }

    /// Something with several named texts, such as a sample: short ones in a line, long ones in
    /// boxes.
    public HtmlPage article(List<Field> fields) {
        html.append("<article>");
        for (Field field : fields) {
            html.append("<span class=\"label\">").append(escape(field.name())).append("</span> ");
            html.append(
                    field.text().contains("\n")
                            ? "<pre>" + escape(field.text()) + "</pre>"
                            : escape(field.text()) + "<br>");
        }
        html.append("</article>");
        return this;
    }

    /// A named text.
    public record Field(String name, String text) {}

    /// What was asked, and texts two by two (one below the other on narrow screens).
    public HtmlPage sideBySide(Field asked, List<Field> texts) {
        html.append("<article>");
        field(asked);
        html.append("<div class=\"pair\">");
        for (Field text : texts) {
            html.append("<div>");
            field(text);
            html.append("</div>");
        }
        html.append("</div></article>");
        return this;
    }

    private void field(Field field) {
        html.append("<span class=\"label\">")
                .append(escape(field.name()))
                .append("</span><pre>")
                .append(escape(field.text()))
                .append("</pre>");
    }

    private HtmlPage element(String name, String text) {
        html.append('<')
                .append(name)
                .append('>')
                .append(escape(text))
                .append("</")
                .append(name)
                .append('>');
        return this;
    }

    /// The whole page.
    public String html() {
        return html + "</html>\n";
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}

package org.align4j.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.HighlightedExample;
import org.align4j.data.rows.Row;
import org.align4j.pipeline.DataFacts;
import org.align4j.pipeline.TokenLengths;
import org.align4j.tokenizer.Tokenizer;
import org.align4j.train.sft.SupervisedData;
import tools.jackson.databind.json.JsonMapper;

/// Prints what data holds and what training sees of it.
final class DataPrinter {
    private static final int SHOWN_CHARACTERS = 400;

    private final PrintWriter out;

    /// How trained tokens are set off.
    enum Style {
        /// By colour.
        COLOURED,
        /// By brackets.
        PLAIN,
        /// One line a token.
        TABLE
    }

    DataPrinter(PrintWriter out) {
        this.out = out;
    }

    /// @param withRows whether the first rows are printed, too
    void print(DataFacts facts, boolean withRows) {
        out.printf(Locale.ROOT, "rows       %,d%n", facts.rows());
        out.println("form       "
                + facts.form().map(form -> form.name().toLowerCase(Locale.ROOT)).orElse("not recognised"));
        out.printf(Locale.ROOT, "duplicates %,d%n", facts.duplicates());
        out.println("columns");
        facts.columns()
                .forEach((name, column) -> out.printf(
                        Locale.ROOT,
                        "  %-20s %s%s%s%s%n",
                        name,
                        column.type(),
                        column.characters() > 0
                                ? String.format(Locale.ROOT, ", %,.0f characters on average", column.characters())
                                : "",
                        column.empty() > 0 ? String.format(Locale.ROOT, ", %,d empty", column.empty()) : "",
                        column.present() < facts.rows()
                                ? String.format(Locale.ROOT, ", missing in %,d", facts.rows() - column.present())
                                : ""));
        facts.report().problems().forEach(out::println);
        if (withRows) {
            for (Row row : facts.first()) {
                out.println();
                out.println(row.source());
                row.fields().forEach((name, value) -> out.println("  " + name + ": " + shortened(value)));
            }
            if (facts.form().isPresent()) {
                out.println();
                out.println("With --model MODEL the tokens are shown, and which of them are trained.");
            }
        }
    }

    private static String shortened(Object value) {
        String text = JsonMapper.shared().writeValueAsString(value);
        return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
    }

    void print(SupervisedData data, Tokenizer tokenizer, int examples, Style style) {
        out.println();
        data.notes().forEach(out::println);
        lengths("train", data.train());
        lengths("eval", data.evaluation());
        if (style != Style.COLOURED && examples > 0) {
            out.println();
            out.println(style == Style.PLAIN ? "Trained tokens stand between ⟦ and ⟧." : "Trained tokens have a *.");
        }
        data.train().stream().limit(examples).forEach(example -> {
            HighlightedExample shown = new HighlightedExample(example, ids -> tokenizer.decode(ids, false));
            out.println();
            out.print(
                    switch (style) {
                        case COLOURED -> shown.ansi();
                        case PLAIN -> shown.plain();
                        case TABLE -> shown.table();
                    });
        });
        out.flush();
    }

    private void lengths(String name, List<TokenizedExample> examples) {
        if (examples.isEmpty()) {
            return;
        }
        TokenLengths lengths = TokenLengths.of(examples);
        out.printf(
                Locale.ROOT,
                "%s: %,d examples, %,d tokens (%,d trained); length %d to %d, median %d, 95 %% up to %d%n",
                name,
                examples.size(),
                lengths.total(),
                lengths.trained(),
                lengths.shortest(),
                lengths.longest(),
                lengths.median(),
                lengths.percentile95());
    }
}

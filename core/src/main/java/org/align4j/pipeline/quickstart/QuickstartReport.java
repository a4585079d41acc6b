package org.align4j.pipeline.quickstart;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.align4j.evaluate.EvaluationTable;
import org.align4j.evaluate.Interval;
import org.align4j.run.Chart;
import org.align4j.run.HtmlPage;
import org.align4j.run.Metrics;
import org.align4j.run.Report;
import org.align4j.run.RunFiles;

/// The page that a quickstart leaves.
final class QuickstartReport {
    private QuickstartReport() {}

    static String html(Settings settings, List<StageResult> stages, Instant now) {
        HtmlPage page = new HtmlPage(
                "Align4J quickstart", "seed " + settings.seed() + ", written " + now.truncatedTo(ChronoUnit.SECONDS));
        page.text("A small base model that ships with the project is aligned step by step. It knows a small world of"
                + " stories, questions and sums; what answers are worth in it is known exactly, so that each step can be"
                + " measured.");
        stages.forEach(stage -> stage(page, stage));
        page.heading("Again")
                .text("The same command gives the same results on the same machine:")
                .verbatim("align4j quickstart --seed " + settings.seed() + "\nalign4j chat --model "
                        + stages.getLast().run());
        return page.html();
    }

    private static void stage(HtmlPage page, StageResult stage) {
        page.heading(stage.title())
                .text(stage.about())
                .text(String.format(
                        Locale.ROOT, "It took %.0f seconds; its run is in %s.", stage.seconds(), stage.run()));
        page.subheading("What answers are worth")
                .drawing(intervals(stage.table()))
                .text("Dots are means, lines 95 % bootstrap intervals.");
        page.table(
                List.of("set", "metric", "items", "before", "95 %", "after", "95 %", "difference", "95 %"), rows(stage.table()));
        page.subheading("Loss").drawing(Report.curve(Metrics.read(new RunFiles(stage.run()).metrics())));
        page.subheading("Answers before and after");
        for (StageResult.Sample sample : stage.samples()) {
            page.sideBySide(
                    new HtmlPage.Field(sample.family(), sample.prompt()),
                    new HtmlPage.Field("before", sample.before()),
                    new HtmlPage.Field("after", sample.after()));
        }
    }

    private static boolean isReward(EvaluationTable.Row row) {
        return row.metric().equals("reward") || row.metric().startsWith("family/");
    }

    private static String intervals(EvaluationTable table) {
        List<EvaluationTable.Row> rows =
                table.rows().stream().filter(QuickstartReport::isReward).toList();
        List<String> names = rows.getFirst().cells().stream()
                .map(EvaluationTable.Cell::model)
                .toList();
        List<List<Chart.Whisker>> groups = new ArrayList<>();
        for (int model = 0; model < names.size(); model++) {
            int at = model;
            groups.add(
                    rows.stream().map(row -> whisker(row, row.cells().get(at))).toList());
        }
        return Chart.intervals("gold rewards with 95 % intervals", names, groups);
    }

    private static Chart.Whisker whisker(EvaluationTable.Row row, EvaluationTable.Cell cell) {
        Interval interval = cell.interval().orElse(new Interval(cell.value(), cell.value()));
        String label = row.metric().equals("reward")
                ? "all of " + row.set().replace("world_", "").replace('_', ' ')
                : row.metric().substring("family/".length()).replace('_', ' ');
        return new Chart.Whisker(label, cell.value(), interval.low(), interval.high());
    }

    private static List<List<String>> rows(EvaluationTable table) {
        return table.rows().stream()
                .filter(row -> !row.metric().startsWith("family/"))
                .map(row -> {
                    EvaluationTable.Cell before = row.cells().getFirst();
                    EvaluationTable.Cell after = row.cells().getLast();
                    return List.of(
                            row.set().replace("world_", "").replace('_', ' '),
                            row.metric(),
                            String.valueOf(row.items()),
                            number(before.value()),
                            before.interval().map(QuickstartReport::range).orElse(""),
                            number(after.value()),
                            after.interval().map(QuickstartReport::range).orElse(""),
                            after.difference().map(each -> number(each.value())).orElse(""),
                            after.difference()
                                    .map(each -> range(each.interval()))
                                    .orElse(""));
                })
                .toList();
    }

    private static String range(Interval interval) {
        return number(interval.low()) + " to " + number(interval.high());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.3f" : "%.1f", value);
    }
}

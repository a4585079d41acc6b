package org.align4j.pipeline.quickstart;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.align4j.evaluate.EvaluationTable.Cell;
import org.align4j.evaluate.EvaluationTable.Row;
import org.align4j.evaluate.Interval;
import org.align4j.run.Chart;
import org.align4j.run.HtmlPage;
import org.align4j.run.Metrics;
import org.align4j.run.RunFiles;

/// The page that a quickstart leaves.
final class QuickstartReport {
    private static final String FAMILY = "family/";

    private QuickstartReport() {}

    static String html(Settings settings, List<StageResult> stages, StageTimes times, Instant now) {
        HtmlPage page = new HtmlPage(
                "Align4J quickstart", "seed " + settings.seed() + ", written " + now.truncatedTo(ChronoUnit.SECONDS));
        page.text(
                "A small base model that ships with the project is aligned step by step. It knows a small world of"
                        + " stories, questions and sums; what answers are worth in it is known exactly, so that each step can be"
                        + " measured. Gold reward is what answers are worth, from 0 to 1; intervals are 95 % bootstrap intervals.");
        overview(page, stages, times);
        stages.forEach(stage -> stage(page, stage));
        page.heading("Again")
                .text("The same command gives the same results on the same machine:")
                .verbatim(settings.command());
        return page.html();
    }

    private static void overview(HtmlPage page, List<StageResult> stages, StageTimes times) {
        List<List<String>> lines = new ArrayList<>();
        for (StageResult stage : stages) {
            for (Row row : stage.headlines()) {
                Cell before = row.cells().getFirst();
                Cell after = row.cells().getLast();
                lines.add(List.of(
                        stage.stage().title(),
                        words(row.set()) + ": " + row.metric(),
                        before.model(),
                        withRange(before),
                        after.model(),
                        withRange(after),
                        String.format(Locale.ROOT, "%.0f", times.seconds(stage.stage()))));
            }
        }
        page.heading("What came of it").table(List.of("stage", "figure", "from", "", "to", "", "seconds"), lines);
    }

    private static void stage(HtmlPage page, StageResult result) {
        page.heading(result.stage().title()).text(result.about()).text("Its run is in " + result.run() + ".");
        // sets that other models were measured on are drawn apart
        result.headlines().stream()
                .collect(Collectors.groupingBy(
                        row -> row.cells().stream().map(Cell::model).toList(), LinkedHashMap::new, Collectors.toList()))
                .values()
                .forEach(rows -> page.drawing(intervals("figures of the stage with 95 % intervals", rows)));
        List<Row> families = result.table().rows().stream()
                .filter(row -> row.metric().startsWith(FAMILY))
                .toList();
        if (!families.isEmpty()) {
            page.folded("Gold reward by family", intervals("gold reward by family", families));
        }
        result.table().rows().stream().map(Row::set).distinct().forEach(set -> {
            List<Row> rows = result.table().rows().stream()
                    .filter(row -> row.set().equals(set) && !row.metric().startsWith(FAMILY))
                    .toList();
            page.subheading(words(set) + ", " + rows.getFirst().setItems() + " items")
                    .table(header(rows), lines(rows));
        });
        List<Metrics.Row> metrics = Metrics.read(new RunFiles(result.run()).metrics());
        for (StageResult.Curve curve : result.curves()) {
            List<Chart.Series> series = curve.lines().entrySet().stream()
                    .map(line -> Chart.Series.of(line.getKey(), metrics, line.getValue()))
                    .toList();
            page.subheading(curve.title()).drawing(Chart.lines(curve.title() + " over the steps", series));
        }
        page.subheading("Answers");
        for (StageResult.Sample sample : result.samples()) {
            page.sideBySide(
                    new HtmlPage.Field(sample.family(), sample.prompt()),
                    sample.said().stream()
                            .map(said -> new HtmlPage.Field(said.who(), said.text()))
                            .toList());
        }
    }

    private static String intervals(String description, List<Row> rows) {
        List<Cell> first = rows.getFirst().cells();
        List<List<Chart.Whisker>> groups = new ArrayList<>();
        for (int model = 0; model < first.size(); model++) {
            int at = model;
            groups.add(
                    rows.stream().map(row -> whisker(row, row.cells().get(at))).toList());
        }
        return Chart.intervals(description, first.stream().map(Cell::model).toList(), groups);
    }

    private static Chart.Whisker whisker(Row row, Cell cell) {
        Interval interval = cell.interval().orElse(new Interval(cell.value(), cell.value()));
        String label = row.metric().startsWith(FAMILY)
                ? words(row.metric().substring(FAMILY.length()))
                : words(row.set()) + ": " + row.metric();
        return new Chart.Whisker(label, cell.value(), interval.low(), interval.high());
    }

    private static List<String> header(List<Row> rows) {
        List<String> header = new ArrayList<>(List.of("metric"));
        for (Cell cell : rows.getFirst().cells()) {
            header.addAll(List.of(cell.model(), "95 %"));
        }
        header.addAll(List.of("last less first", "95 %"));
        return header;
    }

    private static List<List<String>> lines(List<Row> rows) {
        List<List<String>> lines = new ArrayList<>();
        for (Row row : rows) {
            List<String> line = new ArrayList<>(List.of(row.label()));
            for (Cell cell : row.cells()) {
                line.add(number(cell.value()));
                line.add(cell.interval().map(QuickstartReport::range).orElse(""));
            }
            Cell last = row.cells().getLast();
            line.add(last.difference().map(each -> number(each.value())).orElse(""));
            line.add(last.difference().map(each -> range(each.interval())).orElse(""));
            lines.add(line);
        }
        return lines;
    }

    /// A set's or a family's name in words.
    static String words(String name) {
        return name.replace("world_", "").replace('_', ' ');
    }

    private static String withRange(Cell cell) {
        return number(cell.value())
                + cell.interval().map(interval -> " (" + range(interval) + ")").orElse("");
    }

    private static String range(Interval interval) {
        return number(interval.low()) + " to " + number(interval.high());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.3f" : "%.1f", value);
    }
}

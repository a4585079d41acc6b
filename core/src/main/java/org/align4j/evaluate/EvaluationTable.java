package org.align4j.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// What was measured of several models on several sets, with intervals, and how each model differs
/// from the first.
public final class EvaluationTable {
    private final List<Row> rows = new ArrayList<>();
    private final List<String> models;

    /// @param results of every model on every set
    /// @param seed of the bootstrap
    public EvaluationTable(List<SetResult> results, long seed) {
        models = results.stream().map(SetResult::model).distinct().toList();
        List<String> sets = results.stream().map(SetResult::set).distinct().toList();
        for (String set : sets) {
            List<SetResult> ofSet =
                    results.stream().filter(result -> result.set().equals(set)).toList();
            for (Measurement first : ofSet.getFirst().measurements()) {
                List<Cell> cells = new ArrayList<>();
                for (int model = 0; model < ofSet.size(); model++) {
                    cells.add(cell(ofSet.get(model), first, model == 0, seed));
                }
                int items = first.resampled()
                        ? first.items().size()
                        : ofSet.getFirst().items();
                rows.add(new Row(set, first.metric(), items, ofSet.getFirst().items(), cells));
            }
        }
    }

    private static Cell cell(SetResult result, Measurement first, boolean isFirst, long seed) {
        return result.measurement(first.metric())
                .map(measured -> new Cell(
                        result.model(),
                        measured.value(),
                        measured.interval(seed),
                        isFirst ? Optional.empty() : first.difference(measured, seed)))
                .orElse(new Cell(result.model(), Double.NaN, Optional.empty(), Optional.empty()));
    }

    /// One metric on one set.
    ///
    /// @param items that the metric is about
    /// @param setItems all of the set
    /// @param cells one a model, the first the one that others are compared with
    public record Row(String set, String metric, int items, int setItems, List<Cell> cells) {
        /// The metric, with its items where these aren't all of the set.
        public String label() {
            return items == setItems ? metric : metric + " (" + items + ")";
        }
    }

    /// One figure, NaN where the model has none.
    ///
    /// @param difference from the first model
    public record Cell(String model, double value, Optional<Interval> interval, Optional<Difference> difference) {}

    public List<Row> rows() {
        return List.copyOf(rows);
    }

    /// A table a set; intervals in brackets, and after a metric how many items it is about where
    /// these aren't all of the set.
    public String markdown() {
        StringBuilder text = new StringBuilder();
        String set = "";
        for (Row row : rows) {
            if (!row.set().equals(set)) {
                set = row.set();
                text.append(text.isEmpty() ? "" : "\n")
                        .append("## ")
                        .append(set)
                        .append(" (")
                        .append(row.setItems())
                        .append(" items)\n\n")
                        .append(header());
            }
            text.append("| ").append(row.label());
            row.cells()
                    .forEach(cell -> text.append(" | ")
                            .append(number(cell.value()))
                            .append(cell.interval()
                                    .map(EvaluationTable::brackets)
                                    .orElse("")));
            row.cells().stream()
                    .skip(1)
                    .forEach(cell -> text.append(" | ")
                            .append(cell.difference()
                                    .map(EvaluationTable::sentence)
                                    .orElse("")));
            text.append(" |\n");
        }
        text.append("\nIn brackets: 95 % bootstrap intervals (10,000 draws of items).");
        if (models.size() > 1) {
            text.append(" Differences are paired: both models on the same draws.");
        }
        return text.append('\n').toString();
    }

    private String header() {
        StringBuilder text = new StringBuilder("| metric");
        models.forEach(model -> text.append(" | ").append(model));
        models.stream()
                .skip(1)
                .forEach(model -> text.append(" | ").append(model).append(" − ").append(models.getFirst()));
        int columns = 2 * models.size();
        return text.append(" |\n").append("|---".repeat(columns)).append("|\n").toString();
    }

    private static String sentence(Difference difference) {
        String p = difference.p() < 0.001 ? "p < 0.001" : String.format(Locale.ROOT, "p = %.3f", difference.p());
        return (difference.value() > 0 ? "+" : "") + number(difference.value()) + brackets(difference.interval()) + ", "
                + p;
    }

    private static String brackets(Interval interval) {
        return " [" + number(interval.low()) + ", " + number(interval.high()) + "]";
    }

    /// Four decimals for shares, fewer for larger numbers.
    private static String number(double value) {
        if (Double.isNaN(value)) {
            return "–";
        }
        double size = Math.abs(value);
        int decimals = size < 10 ? 4 : size < 1000 ? 2 : 0;
        return size < 1e6
                ? String.format(Locale.ROOT, "%." + decimals + "f", value)
                : String.format(Locale.ROOT, "%.3e", value);
    }

    /// The rows as JSON, indented: a list of objects with `set`, `metric`, `items` and `models`,
    /// each of which has `model`, `value`, and where there are any `low`, `high`, `difference`,
    /// `difference_low`, `difference_high`, `p`.
    public String json() {
        List<Map<String, Object>> objects = new ArrayList<>();
        for (Row row : rows) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("set", row.set());
            object.put("metric", row.metric());
            object.put("items", row.items());
            object.put(
                    "models", row.cells().stream().map(EvaluationTable::fields).toList());
            objects.add(object);
        }
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(objects) + "\n";
    }

    private static Map<String, Object> fields(Cell cell) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("model", cell.model());
        fields.put("value", cell.value());
        cell.interval().ifPresent(interval -> {
            fields.put("low", interval.low());
            fields.put("high", interval.high());
        });
        cell.difference().ifPresent(difference -> {
            fields.put("difference", difference.value());
            fields.put("difference_low", difference.interval().low());
            fields.put("difference_high", difference.interval().high());
            fields.put("p", difference.p());
        });
        return fields;
    }
}

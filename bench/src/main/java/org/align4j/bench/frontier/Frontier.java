package org.align4j.bench.frontier;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.align4j.run.Scatter;

/// All policies of all seeds, as a picture and as a table.
record Frontier(List<Point> points) {
    Frontier {
        points = List.copyOf(points);
    }

    /// Reward over KL: a dot a policy, a line through each method's means over the seeds.
    String svg() {
        List<Scatter.Series> series = new ArrayList<>();
        by(points, Point::method).forEach((method, own) -> {
            boolean bound = method.equals("optimum");
            List<Scatter.Dot> means = by(own, point -> point.setting() + point.share()).values().stream()
                    .map(same -> new Scatter.Dot(mean(same, Point::kl), mean(same, Point::reward)))
                    .sorted(Comparator.comparingDouble(Scatter.Dot::x))
                    .toList();
            List<Scatter.Dot> dots = own.stream()
                    .map(point -> new Scatter.Dot(point.kl(), point.reward()))
                    .toList();
            series.add(new Scatter.Series(method, bound ? List.of() : dots, means));
        });
        return Scatter.svg(
                "Mean gold reward of stories over their KL to the reference",
                "KL(policy ‖ reference), nats",
                "gold reward",
                series);
    }

    /// Means over the seeds with the least and the largest, in Markdown.
    String table() {
        StringBuilder table = new StringBuilder("""
                | method | setting | of the run | KL | reward | fluency | tokens | seconds |
                |---|---|---|---|---|---|---|---|
                """);
        by(points, point -> point.method() + "|" + point.setting() + "|" + point.share())
                .values()
                .forEach(same -> table.append(row(same)));
        return table.toString();
    }

    private static String row(List<Point> same) {
        Point first = same.getFirst();
        boolean computed = Double.isNaN(first.tokens());
        return String.format(
                Locale.ROOT,
                "| %s | %s | %.0f %% | %s | %s | %s | %s | %s |%n",
                first.method(),
                first.setting(),
                100 * first.share(),
                range(same, Point::kl, 2),
                range(same, Point::reward, 3),
                computed ? "" : range(same, Point::fluency, 3),
                computed ? "" : String.format(Locale.ROOT, "%.0f", mean(same, Point::tokens)),
                first.seconds() == 0 ? "" : String.format(Locale.ROOT, "%.0f", mean(same, Point::seconds)));
    }

    private static String range(List<Point> same, ToDoubleFunction<Point> value, int digits) {
        String number = "%." + digits + "f";
        return String.format(
                Locale.ROOT,
                number + " (" + number + " to " + number + ")",
                mean(same, value),
                same.stream().mapToDouble(value).min().orElseThrow(),
                same.stream().mapToDouble(value).max().orElseThrow());
    }

    private static double mean(List<Point> same, ToDoubleFunction<Point> value) {
        return same.stream().mapToDouble(value).average().orElseThrow();
    }

    /// Parts in the order of their first points.
    private static Map<String, List<Point>> by(List<Point> points, java.util.function.Function<Point, String> key) {
        Map<String, List<Point>> parts = new LinkedHashMap<>();
        points.forEach(point -> parts.computeIfAbsent(key.apply(point), name -> new ArrayList<>())
                .add(point));
        return parts;
    }
}

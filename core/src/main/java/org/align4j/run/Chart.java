package org.align4j.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/// Drawings for [HtmlPage], as SVG in the page's colours.
public final class Chart {
    private static final int WIDTH = 960;
    private static final int LEFT = 64;
    private static final int RIGHT = 16;
    private static final int ROW = 26;
    private static final int COLOURS = 4;

    private final StringBuilder svg;

    private Chart(int height, String description) {
        svg = new StringBuilder("<svg role=\"img\" viewBox=\"0 0 " + WIDTH + " " + height + "\" aria-label=\""
                + HtmlPage.escape(description) + "\">");
    }

    /// A value at a step, or at whatever else x is.
    public record Point(double x, double y) {}

    /// Points that belong together, in the order of x.
    public record Series(String name, List<Point> points) {
        public Series {
            points = List.copyOf(points);
        }

        /// A metric of a run's rows; rows without it, or with NaN, are left out.
        public static Series of(String name, List<Metrics.Row> rows, String metric) {
            return of(name, rows, Metrics.Row::step, metric);
        }

        /// A metric of a run's rows over another; rows without one of them are left out.
        public static Series of(String name, List<Metrics.Row> rows, String across, String metric) {
            return of(name, rows, row -> row.values().getOrDefault(across, Double.NaN), metric);
        }

        private static Series of(
                String name, List<Metrics.Row> rows, ToDoubleFunction<Metrics.Row> across, String metric) {
            List<Point> points = new ArrayList<>();
            for (Metrics.Row row : rows) {
                double x = across.applyAsDouble(row);
                double y = row.values().getOrDefault(metric, Double.NaN);
                if (Double.isFinite(x) && Double.isFinite(y)) {
                    points.add(new Point(x, y));
                }
            }
            return new Series(name, points);
        }
    }

    /// A value with its interval.
    public record Whisker(String label, double value, double low, double high) {}

    /// Lines over the steps.
    ///
    /// @param description for those who can't see it
    public static String lines(String description, List<Series> series) {
        return lines(description, "step", Axis.whole(across(series)), series);
    }

    /// Lines over something else, in the order of their points, which are marked.
    ///
    /// @param description for those who can't see it
    /// @param name of what x is
    public static String lines(String description, String name, List<Series> series) {
        return lines(description, name, Axis.of(across(series)), series);
    }

    private static DoubleStream across(List<Series> series) {
        return series.stream().flatMap(one -> one.points().stream()).mapToDouble(Point::x);
    }

    private static String lines(String description, String name, Axis across, List<Series> series) {
        int height = 380;
        int bottom = height - 44;
        int top = 36;
        boolean steps = name.equals("step");
        Chart chart = new Chart(height, description);
        List<Point> all = series.stream().flatMap(one -> one.points().stream()).toList();
        Axis up = Axis.of(robust(all));
        for (double tick : up.ticks()) {
            double y = bottom - up.share(tick) * (bottom - top);
            chart.rule(LEFT, y, WIDTH - RIGHT, y);
            chart.text(LEFT - 8, y + 4, "end", up.label(tick));
        }
        for (double tick : across.ticks()) {
            chart.text(LEFT + across.share(tick) * (WIDTH - LEFT - RIGHT), bottom + 20, "middle", across.label(tick));
        }
        chart.text((LEFT + WIDTH - RIGHT) / 2.0, height - 6, "middle", name);
        for (int i = 0; i < series.size(); i++) {
            String colour = "var(--c" + i % COLOURS + ")";
            List<String> places = series.get(i).points().stream()
                    .map(point -> place(
                            LEFT + across.share(point.x()) * (WIDTH - LEFT - RIGHT),
                            Math.max(top, bottom - up.share(point.y()) * (bottom - top))))
                    .toList();
            chart.svg.append("<polyline fill=\"none\" stroke=\"" + colour + "\" stroke-width=\"2\" points=\""
                    + String.join(" ", places) + "\"/>");
            if (!steps) {
                places.forEach(place -> chart.svg.append(
                        "<circle cx=\"" + place.replace(",", "\" cy=\"") + "\" r=\"3\" fill=\"" + colour + "\"/>"));
            }
            double x = LEFT + 8 + i * 170.0;
            chart.svg.append("<rect x=\"" + x + "\" y=\"10\" width=\"18\" height=\"4\" fill=\"" + colour + "\"/>");
            chart.text(x + 26, 17, "start", series.get(i).name());
        }
        return chart.svg + "</svg>";
    }

    /// Values that must be seen; a spike far above the others would flatten the rest.
    private static DoubleStream robust(List<Point> points) {
        double[] sorted = points.stream().mapToDouble(Point::y).sorted().toArray();
        if (sorted.length < 20) {
            return DoubleStream.of(sorted);
        }
        double middle = sorted[sorted.length / 2];
        double spread = sorted[sorted.length * 98 / 100] - middle;
        return DoubleStream.of(sorted).filter(y -> y <= middle + 3 * spread + 1e-9);
    }

    /// Values with their intervals, one a line, from 0 to 1; `groups` share a colour and a name in
    /// the legend.
    ///
    /// @param groups one list of whiskers each, all with the same labels in the same order
    public static String intervals(String description, List<String> names, List<List<Whisker>> groups) {
        int lines = groups.getFirst().size();
        int top = 34;
        int height = top + lines * ROW + 30;
        int left = 260;
        double width = WIDTH - left - 30;
        Chart chart = new Chart(height, description);
        for (int tick = 0; tick <= 10; tick += 2) {
            double x = left + tick / 10.0 * width;
            chart.rule(x, top, x, height - 24);
            chart.text(x, height - 8, "middle", String.format(Locale.ROOT, "%.1f", tick / 10.0));
        }
        for (int g = 0; g < groups.size(); g++) {
            String colour = "var(--c" + g % COLOURS + ")";
            chart.svg.append(
                    "<rect x=\"" + (left + g * 170) + "\" y=\"8\" width=\"18\" height=\"4\" fill=\"" + colour + "\"/>");
            chart.text(left + g * 170 + 26.0, 15, "start", names.get(g));
            for (int line = 0; line < lines; line++) {
                Whisker whisker = groups.get(g).get(line);
                double y = top + (line + 0.5) * ROW + (g - (groups.size() - 1) / 2.0) * 8;
                chart.svg.append(String.format(
                        Locale.ROOT,
                        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"2\"/>"
                                + "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>",
                        left + whisker.low() * width,
                        y,
                        left + whisker.high() * width,
                        y,
                        colour,
                        left + whisker.value() * width,
                        y,
                        colour));
                if (g == 0) {
                    chart.text(left - 12, top + (line + 0.5) * ROW + 4, "end", whisker.label());
                }
            }
        }
        return chart.svg + "</svg>";
    }

    private static String place(double x, double y) {
        return String.format(Locale.ROOT, "%.1f,%.1f", x, y);
    }

    private void rule(double x1, double y1, double x2, double y2) {
        svg.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"var(--rule)\"/>",
                x1,
                y1,
                x2,
                y2));
    }

    private void text(double x, double y, String anchor, String text) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
                x,
                y,
                anchor,
                HtmlPage.escape(text)));
    }
}

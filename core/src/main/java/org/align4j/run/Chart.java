package org.align4j.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/// Drawings for [HtmlPage], as SVG in the page's colours.
public final class Chart {
    private static final int WIDTH = 960;
    private static final int LEFT = 64;
    private static final int RIGHT = 16;
    private static final int ROW = 26;
    private static final int COLOURS = 4;
    private static final int PLOT_HEIGHT = 380;
    /// The most points that are marked, and not smoothed.
    private static final int DOTTED = 40;
    /// From one entry of a legend to the next.
    private static final int LEGEND = 170;

    private final StringBuilder svg;

    private Chart(int height, String description) {
        svg = new StringBuilder("<svg role=\"img\" viewBox=\"0 0 " + WIDTH + " " + height + "\" aria-label=\""
                + HtmlPage.escape(description) + "\">");
    }

    /// A value at a step, or at whatever else x is.
    public record Point(double x, double y) {}

    /// Points that belong together, in the order of x.
    public record Series(String name, List<Point> points) {
        /// So few points are dots, and not smoothed.
        private static final int FEW = 3;

        /// A smoothed line has so many bends at most.
        private static final int BENDS = 60;

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

        boolean few() {
            return points.size() <= FEW;
        }

        /// A moving average weighted by a bell curve, centred so that the line doesn't lag behind
        /// the steps; few points stay as they are.
        Series smoothed() {
            if (few()) {
                return this;
            }
            double width = Math.max(1, points.size() / (double) BENDS);
            int reach = (int) Math.ceil(3 * width);
            List<Point> smooth = new ArrayList<>();
            for (int i = 0; i < points.size(); i++) {
                double sum = 0;
                double weights = 0;
                for (int k = Math.max(0, i - reach); k <= Math.min(points.size() - 1, i + reach); k++) {
                    double weight = Math.exp(-0.5 * (k - i) * (k - i) / (width * width));
                    sum += weight * points.get(k).y();
                    weights += weight;
                }
                smooth.add(new Point(points.get(i).x(), sum / weights));
            }
            return new Series(name, smooth);
        }

        /// The axis of the steps of all.
        static Axis steps(List<Series> all) {
            return Axis.whole(numbers(all, Point::x));
        }

        /// The axis of x, where that isn't steps.
        static Axis across(List<Series> all) {
            return Axis.of(numbers(all, Point::x));
        }

        private static DoubleStream numbers(List<Series> all, ToDoubleFunction<Point> of) {
            return all.stream().flatMap(each -> each.points().stream()).mapToDouble(of);
        }

        /// The axis of the values of all; a spike far above the others would flatten the rest and
        /// is cut off.
        static Axis up(List<Series> all) {
            double[] sorted = numbers(all, Point::y).sorted().toArray();
            if (sorted.length < 20) {
                return Axis.of(DoubleStream.of(sorted));
            }
            double middle = sorted[sorted.length / 2];
            double spread = sorted[sorted.length * 98 / 100] - middle;
            return Axis.of(DoubleStream.of(sorted).filter(y -> y <= middle + 3 * spread + 1e-9));
        }
    }

    /// A value with its interval.
    public record Whisker(String label, double value, double low, double high) {}

    /// Lines over the steps: of many points smoothed, with the points faint behind; of few as they
    /// are, with a dot each.
    ///
    /// @param description for those who can't see it
    public static String lines(String description, List<Series> series) {
        return lines(description, "step", Series.steps(series), series);
    }

    /// Lines over something else, in the order of their points, which are marked.
    ///
    /// @param description for those who can't see it
    /// @param name of what x is
    public static String lines(String description, String name, List<Series> series) {
        return lines(description, name, Series.across(series), series);
    }

    private static String lines(String description, String name, Axis across, List<Series> all) {
        Plot plot = new Plot(new Chart(PLOT_HEIGHT, description), across, Series.up(all));
        plot.axes(name);
        List<Series> shown =
                all.stream().filter(series -> !series.points().isEmpty()).toList();
        if (shown.isEmpty()) {
            plot.chart.text((LEFT + WIDTH - RIGHT) / 2.0, PLOT_HEIGHT / 2.0, "middle", "nothing is logged yet");
        }
        for (Series series : shown) {
            int colour = all.indexOf(series);
            plot.draw(series, "var(--c" + colour % COLOURS + ")");
            plot.chart.legend(LEFT + 8 + shown.indexOf(series) * LEGEND, series.name(), colour);
        }
        return plot.chart.svg + "</svg>";
    }

    /// Where points are in a drawing.
    private record Plot(Chart chart, Axis across, Axis up) {
        private static final int TOP = 36;
        private static final int BOTTOM = PLOT_HEIGHT - 44;

        double x(Point point) {
            return LEFT + across.share(point.x()) * (WIDTH - LEFT - RIGHT);
        }

        /// What is above the axis is drawn at its end.
        double y(Point point) {
            return Math.max(TOP, BOTTOM - up.share(point.y()) * (BOTTOM - TOP));
        }

        void axes(String name) {
            for (double tick : up.ticks()) {
                double y = y(new Point(0, tick));
                chart.rule(LEFT, y, WIDTH - RIGHT, y);
                chart.text(LEFT - 8, y + 4, "end", up.label(tick));
            }
            for (double tick : across.ticks()) {
                chart.text(x(new Point(tick, 0)), BOTTOM + 20, "middle", across.label(tick));
            }
            chart.text((LEFT + WIDTH - RIGHT) / 2.0, PLOT_HEIGHT - 6, "middle", name);
        }

        void draw(Series series, String colour) {
            if (series.points().size() > DOTTED) {
                curve(series, colour, "stroke-width=\"1\" stroke-opacity=\"0.35\"");
                curve(series.smoothed(), colour, "stroke-width=\"2\"");
                return;
            }
            curve(series, colour, "stroke-width=\"2\"");
            for (Point point : series.points()) {
                chart.svg.append(String.format(
                        Locale.ROOT,
                        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>",
                        x(point),
                        y(point),
                        colour));
            }
        }

        private void curve(Series series, String colour, String stroke) {
            String path = series.points().stream()
                    .map(point -> String.format(Locale.ROOT, "%.1f,%.1f", x(point), y(point)))
                    .collect(Collectors.joining(" "));
            chart.svg.append(
                    "<polyline fill=\"none\" stroke=\"" + colour + "\" " + stroke + " points=\"" + path + "\"/>");
        }
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
            chart.legend(left + g * LEGEND, names.get(g), g);
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

    /// What a colour means.
    private void legend(double x, String name, int colour) {
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%.1f\" y=\"10\" width=\"18\" height=\"4\" fill=\"var(--c%d)\"/>",
                x,
                colour % COLOURS));
        text(x + 26, 17, "start", name);
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

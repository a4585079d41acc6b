package org.align4j.run;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.align4j.run.Series.Point;

/// Drawings for [HtmlPage], as SVG in the page's colours.
public final class Chart {
    private static final int WIDTH = 960;
    private static final int LEFT = 64;
    private static final int RIGHT = 16;
    private static final int ROW = 26;
    private static final int COLOURS = 4;
    private static final int PLOT_HEIGHT = 380;
    /// From one entry of a legend to the next.
    private static final int LEGEND = 170;

    private final StringBuilder svg;

    private Chart(int height, String description) {
        svg = new StringBuilder("<svg role=\"img\" viewBox=\"0 0 " + WIDTH + " " + height + "\" aria-label=\""
                + HtmlPage.escape(description) + "\">");
    }

    /// A value with its interval.
    public record Whisker(String label, double value, double low, double high) {}

    /// A series as a line over the steps: smoothed, with its values faint behind it, or as they are
    /// with a dot each.
    record Line(Series series, boolean smoothed) {}

    /// Lines over the steps.
    ///
    /// @param description for those who can't see it
    /// @param empty what is said where there is no point
    static String lines(String description, String empty, List<Line> lines) {
        List<Series> all = lines.stream().map(Line::series).toList();
        Plot plot = new Plot(new Chart(PLOT_HEIGHT, description), Series.across(all), Series.up(all));
        plot.axes();
        if (all.stream().allMatch(series -> series.points().isEmpty())) {
            plot.chart.text((LEFT + WIDTH - RIGHT) / 2.0, PLOT_HEIGHT / 2.0, "middle", empty);
        }
        int shown = 0;
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).series().points().isEmpty()) {
                plot.draw(lines.get(i), "var(--c" + i % COLOURS + ")");
                plot.chart.legend(LEFT + 8 + shown++ * LEGEND, lines.get(i).series().name(), i);
            }
        }
        return plot.chart.svg + "</svg>";
    }

    /// Where steps and values are in a drawing.
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

        void axes() {
            for (double tick : up.ticks()) {
                double y = y(new Point(0, tick));
                chart.rule(LEFT, y, WIDTH - RIGHT, y);
                chart.text(LEFT - 8, y + 4, "end", up.label(tick));
            }
            for (double tick : across.ticks()) {
                chart.text(x(new Point(tick, 0)), BOTTOM + 20, "middle", across.label(tick));
            }
            chart.text((LEFT + WIDTH - RIGHT) / 2.0, PLOT_HEIGHT - 6, "middle", "step");
        }

        void draw(Line line, String colour) {
            if (line.smoothed() && !line.series().few()) {
                curve(line.series(), colour, "stroke-width=\"1\" stroke-opacity=\"0.35\"");
                curve(line.series().smoothed(), colour, "stroke-width=\"2\"");
                return;
            }
            curve(line.series(), colour, "stroke-width=\"2\"");
            for (Point point : line.series().points()) {
                chart.svg.append(String.format(
                        Locale.ROOT,
                        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>",
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

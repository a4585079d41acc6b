package org.align4j.run;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Dots in a plane, such as reward over KL, as an SVG that stands alone.
public final class Scatter {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 460;
    private static final int LEFT = 64;
    private static final int RIGHT = 16;
    private static final int TOP = 48;
    private static final int BOTTOM = 52;
    /// About how wide a letter is.
    private static final double LETTER = 7;

    private static final List<String> COLOURS = List.of("#868e96", "#2b8a3e", "#111", "#d9480f", "#1f6feb", "#9c36b5");

    private Scatter() {}

    /// A place.
    public record Dot(double x, double y) {}

    /// What has one colour.
    ///
    /// @param dots drawn each for itself
    /// @param line drawn through, such as means of dots, in this order
    public record Series(String name, List<Dot> dots, List<Dot> line) {
        public Series {
            dots = List.copyOf(dots);
            line = List.copyOf(line);
        }
    }

    /// @param description for those who can't see it
    /// @param across name of the x axis
    /// @param up name of the y axis
    public static String svg(String description, String across, String up, List<Series> series) {
        Axis x = Axis.of(all(series).mapToDouble(Dot::x));
        Axis y = Axis.of(all(series).mapToDouble(Dot::y));
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 %d %d\" aria-label=\"%s\""
                        + " font-family=\"sans-serif\" font-size=\"13\">%n"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                WIDTH,
                HEIGHT,
                HtmlPage.escape(description)));
        for (double tick : y.ticks()) {
            svg.append(rule(LEFT, place(y, tick, HEIGHT - BOTTOM, TOP), WIDTH - RIGHT));
            svg.append(text(LEFT - 8, place(y, tick, HEIGHT - BOTTOM, TOP) + 4, "end", y.label(tick)));
        }
        for (double tick : x.ticks()) {
            svg.append(text(place(x, tick, LEFT, WIDTH - RIGHT), HEIGHT - BOTTOM + 20, "middle", x.label(tick)));
        }
        svg.append(text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10, "middle", across));
        svg.append(text(8, TOP - 8, "start", up));
        double left = LEFT + 4;
        for (int i = 0; i < series.size(); i++) {
            String colour = COLOURS.get(i % COLOURS.size());
            svg.append(drawn(series.get(i), colour, x, y));
            svg.append(
                    String.format(Locale.ROOT, "<circle cx=\"%.1f\" cy=\"12\" r=\"4\" fill=\"%s\"/>%n", left, colour));
            svg.append(text(left + 8, 16, "start", series.get(i).name()));
            left += 32 + LETTER * series.get(i).name().length();
        }
        return svg.append("</svg>\n").toString();
    }

    private static Stream<Dot> all(List<Series> series) {
        return series.stream().flatMap(each -> Stream.concat(each.dots().stream(), each.line().stream()));
    }

    private static String drawn(Series series, String colour, Axis x, Axis y) {
        String path = series.line().stream()
                .map(dot -> String.format(
                        Locale.ROOT,
                        "%.1f,%.1f",
                        place(x, dot.x(), LEFT, WIDTH - RIGHT),
                        place(y, dot.y(), HEIGHT - BOTTOM, TOP)))
                .collect(Collectors.joining(" "));
        String dots = series.dots().stream()
                .map(dot -> String.format(
                        Locale.ROOT,
                        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\" fill-opacity=\"0.6\"/>%n",
                        place(x, dot.x(), LEFT, WIDTH - RIGHT),
                        place(y, dot.y(), HEIGHT - BOTTOM, TOP),
                        colour))
                .collect(Collectors.joining());
        return "<polyline fill=\"none\" stroke=\"" + colour + "\" stroke-width=\"1.5\" points=\"" + path + "\"/>\n"
                + dots;
    }

    private static double place(Axis axis, double value, double low, double high) {
        return low + axis.share(value) * (high - low);
    }

    private static String rule(double left, double y, double right) {
        return String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>%n",
                left,
                y,
                right,
                y);
    }

    private static String text(double x, double y, String anchor, String text) {
        return String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
                x,
                y,
                anchor,
                HtmlPage.escape(text));
    }
}

package org.align4j.rating;

import java.util.List;
import java.util.Locale;

/// A leaderboard as an SVG picture: a dot for each item on Elo's scale with its 95 % interval, best
/// at the top. Colours follow the viewer's light or dark scheme.
public final class LeaderboardPlot {
    private static final int WIDTH = 720;
    private static final int ROW = 28;
    private static final int TOP = 24;
    private static final int BOTTOM = 46;
    private static final int RIGHT = 24;
    private static final int LETTER = 8;
    private static final int LONGEST_NAME = 32;
    private static final int MARKS = 6;

    private final List<Rating> ratings;
    private final int left;
    private final double low;
    private final double high;
    private final double spacing;

    private LeaderboardPlot(List<Rating> ratings) {
        this.ratings = ratings;
        left = 16
                + LETTER
                        * ratings.stream()
                                .mapToInt(rating -> shown(rating).length())
                                .max()
                                .orElse(0);
        double least = ratings.stream()
                .mapToDouble(rating -> Rating.elo(rating.low()))
                .min()
                .orElse(0);
        double most = ratings.stream()
                .mapToDouble(rating -> Rating.elo(rating.high()))
                .max()
                .orElse(1);
        spacing = round(Math.max(1, most - least) / MARKS);
        low = Math.floor(least / spacing) * spacing;
        high = Math.ceil(most / spacing) * spacing;
    }

    /// The picture of a fit.
    public static String svg(RatingFit fit) {
        return new LeaderboardPlot(fit.ratings()).draw();
    }

    private String draw() {
        int height = TOP + ROW * ratings.size() + BOTTOM;
        StringBuilder svg = new StringBuilder("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="14">
                <style>
                  .ink { fill: #222b36 } .faint { fill: #667080 } .grid { stroke: #e6e9ee } .page { fill: #fff }
                  .mark { stroke: #1f6feb; fill: #1f6feb }
                  @media (prefers-color-scheme: dark) {
                    .ink { fill: #e6e9ee } .faint { fill: #9aa4b2 } .grid { stroke: #39424e } .page { fill: #161b22 }
                    .mark { stroke: #6ea8ff; fill: #6ea8ff }
                  }
                </style>
                <rect class="page" width="%d" height="%d"/>
                """.formatted(WIDTH, height, WIDTH, height));
        for (long mark = Math.round(low / spacing); mark * spacing <= high + spacing / 2; mark++) {
            String x = number(x(mark * spacing));
            svg.append("<line class=\"grid\" x1=\"" + x + "\" y1=\"" + TOP + "\" x2=\"" + x + "\" y2=\""
                    + (height - BOTTOM) + "\"/>\n");
            text(svg, "faint", x, height - BOTTOM + 18, "middle", String.valueOf(Math.round(mark * spacing)));
        }
        text(svg, "faint", number((left + WIDTH - RIGHT) / 2.0), height - 8, "middle", "Elo, 95 % intervals");
        for (int i = 0; i < ratings.size(); i++) {
            row(svg, ratings.get(i), TOP + ROW * i + ROW / 2);
        }
        return svg.append("</svg>\n").toString();
    }

    private void row(StringBuilder svg, Rating rating, int y) {
        text(svg, "ink", number(left - 8), y + 5, "end", shown(rating));
        svg.append("<line class=\"mark\" stroke-width=\"2\" x1=\"" + number(x(Rating.elo(rating.low()))) + "\" y1=\""
                + y + "\" x2=\"" + number(x(Rating.elo(rating.high()))) + "\" y2=\"" + y + "\"/>\n");
        svg.append("<circle class=\"mark\" cx=\"" + number(x(Rating.elo(rating.strength()))) + "\" cy=\"" + y
                + "\" r=\"5\"/>\n");
    }

    private static void text(StringBuilder svg, String kind, String x, int y, String anchor, String text) {
        String escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        svg.append("<text class=\"" + kind + "\" x=\"" + x + "\" y=\"" + y + "\" text-anchor=\"" + anchor + "\">"
                + escaped + "</text>\n");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private double x(double elo) {
        return left + (elo - low) / (high - low) * (WIDTH - RIGHT - left);
    }

    private static String shown(Rating rating) {
        String item = rating.item();
        return item.length() > LONGEST_NAME ? item.substring(0, LONGEST_NAME - 1) + "…" : item;
    }

    /// The next of 1, 2 and 5 times a power of ten.
    private static double round(double rough) {
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double lead = rough / power;
        return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
    }
}

package org.align4j.rl;

import java.util.List;
import java.util.Locale;
import org.align4j.rl.RewardEvaluation.Bin;

/// Pictures of a reward model's evaluation, as SVG.
public final class EvaluationPlot {
    private static final int SIZE = 360;
    private static final int EDGE = 40;

    private EvaluationPlot() {}

    /// How often the model is right against how sure it is; on the diagonal it is calibrated.
    public static String reliability(RewardEvaluation found) {
        StringBuilder svg = begin("sure", "right");
        svg.append(line(0, 0.5, 1, 1, "#999"));
        for (Bin bin : found.reliability()) {
            double x = (bin.value() - 0.5) * 2;
            double radius = 3 + 12 * Math.sqrt(bin.count() / (double) Math.max(1, found.pairs()));
            svg.append(String.format(
                    Locale.ROOT,
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"#36c\"><title>sure %.2f, right %.2f, %d"
                            + " pairs</title></circle>%n",
                    x(x),
                    y(bin.accuracy()),
                    radius,
                    bin.value(),
                    bin.accuracy(),
                    bin.count()));
        }
        return svg.append(label(0, 0, "0.5"))
                .append(label(1, 0, "1"))
                .append(mark(0, "0"))
                .append(mark(0.5, "0.5"))
                .append(mark(1, "1"))
                .append("</svg>\n")
                .toString();
    }

    /// How many pairs have which margin; right of the middle they are told rightly.
    public static String margins(RewardEvaluation found) {
        StringBuilder svg = begin("margin", "pairs");
        List<Bin> bins = found.margins();
        if (bins.isEmpty()) {
            return svg.append("</svg>\n").toString();
        }
        double low = -bins.stream()
                .mapToDouble(bin -> Math.max(Math.abs(bin.low()), Math.abs(bin.high())))
                .max()
                .orElseThrow();
        long most = bins.stream().mapToLong(Bin::count).max().orElseThrow();
        for (Bin bin : bins) {
            double left = (bin.low() - low) / (-2 * low);
            double right = (bin.high() - low) / (-2 * low);
            double height = bin.count() / (double) most;
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"><title>%.2f to %.2f: %d"
                            + "</title></rect>%n",
                    x(left),
                    y(height),
                    x(right) - x(left) - 1,
                    y(0) - y(height),
                    bin.low() + bin.high() > 0 ? "#36c" : "#c63",
                    bin.low(),
                    bin.high(),
                    bin.count()));
        }
        return svg.append(label(0, 0, String.format(Locale.ROOT, "%.2g", low)))
                .append(label(1, 0, String.format(Locale.ROOT, "%.2g", -low)))
                .append("</svg>\n")
                .toString();
    }

    private static StringBuilder begin(String across, String up) {
        int whole = SIZE + 2 * EDGE;
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                        + " font-size=\"13\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                whole,
                whole));
        return svg.append(line(0, 0, 1, 0, "#000"))
                .append(line(0, 0, 0, 1, "#000"))
                .append(label(0.5, 0, across))
                .append(String.format(Locale.ROOT, "<text x=\"4\" y=\"%d\">%s</text>%n", EDGE - 10, up));
    }

    private static String line(double fromX, double fromY, double toX, double toY, String colour) {
        return String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>%n",
                x(fromX),
                y(fromY),
                x(toX),
                y(toY),
                colour);
    }

    private static String label(double at, double height, String text) {
        return String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>%n",
                x(at),
                y(height) + 20,
                text);
    }

    private static String mark(double height, String text) {
        return String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>%n",
                EDGE - 6,
                y(height) + 4,
                text);
    }

    private static double x(double share) {
        return EDGE + SIZE * share;
    }

    private static double y(double share) {
        return EDGE + SIZE * (1 - share);
    }
}

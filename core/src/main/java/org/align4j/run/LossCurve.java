package org.align4j.run;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.align4j.run.Chart.Point;
import org.align4j.run.Chart.Series;

/// The loss over the steps as a picture: each step faint, a moving average on top, evaluations as
/// dots.
public final class LossCurve {
    private static final int WIDTH = 1200;
    private static final int HEIGHT = 680;
    private static final int LEFT = 96;
    private static final int RIGHT = 32;
    private static final int TOP = 76;
    private static final int BOTTOM = 76;
    private static final Color INK = new Color(0x222B36);
    private static final Color FAINT_INK = new Color(0x667080);
    private static final Color GRID = new Color(0xE6E9EE);
    private static final Color LINE = new Color(0x1F6FEB);
    private static final Color FAINT_LINE = new Color(0xA9CBF8);
    private static final Color EVALUATION = new Color(0xD9480F);

    private final Graphics2D canvas;
    private final Axis across;
    private final Axis up;

    private LossCurve(Graphics2D canvas, Axis across, Axis up) {
        this.canvas = canvas;
        this.across = across;
        this.up = up;
    }

    /// A PNG of `loss` and `eval/loss`; rows without them, or with NaN, leave a gap. Empty on a machine
    /// without fonts, where Java cannot draw text.
    public static Optional<byte[]> png(String title, List<Metrics.Row> rows) {
        Series losses = Series.of("training", rows, Metrics.LOSS);
        Series evaluations = Series.of("evaluation", rows, Metrics.EVAL_LOSS);
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = image.createGraphics();
        if (!hasFonts(canvas)) {
            return Optional.empty();
        }
        canvas.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        canvas.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        canvas.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        List<Series> all = List.of(losses, evaluations);
        LossCurve curve = new LossCurve(canvas, Series.steps(all), Series.up(all));
        curve.frame(title, !evaluations.points().isEmpty());
        if (losses.points().isEmpty() && evaluations.points().isEmpty()) {
            curve.centred("no loss is logged yet", WIDTH / 2, HEIGHT / 2);
        }
        curve.plot(losses, evaluations.points());
        canvas.dispose();
        return Optional.of(encode(image));
    }

    /// Java fails in several ways where fontconfig, its fonts or FreeType are missing.
    private static boolean hasFonts(Graphics2D canvas) {
        try {
            return canvas.getFontMetrics().stringWidth("loss") > 0;
        } catch (RuntimeException | LinkageError | InternalError noFonts) {
            return false;
        }
    }

    private void plot(Series losses, List<Point> evaluations) {
        canvas.setClip(LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM + 1);
        if (!losses.few()) {
            line(losses.points(), FAINT_LINE, 1.2f);
        }
        line(losses.smoothed().points(), LINE, 2.6f);
        if (evaluations.size() > 1) {
            line(evaluations, EVALUATION, 1.4f);
        }
        // dots at the edges are whole
        canvas.setClip(null);
        if (losses.few()) {
            losses.points().forEach(point -> dot(point, LINE));
        }
        evaluations.forEach(point -> dot(point, EVALUATION));
    }

    private void line(List<Point> points, Color colour, float width) {
        if (points.size() < 2) {
            return;
        }
        Path2D path = new Path2D.Double();
        path.moveTo(x(points.getFirst().x()), y(points.getFirst().y()));
        points.forEach(point -> path.lineTo(x(point.x()), y(point.y())));
        canvas.setColor(colour);
        canvas.setStroke(new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        canvas.draw(path);
    }

    private void dot(Point point, Color colour) {
        canvas.setColor(Color.WHITE);
        canvas.fill(new Ellipse2D.Double(x(point.x()) - 7, y(point.y()) - 7, 14, 14));
        canvas.setColor(colour);
        canvas.fill(new Ellipse2D.Double(x(point.x()) - 5, y(point.y()) - 5, 10, 10));
    }

    private void frame(String title, boolean evaluated) {
        canvas.setColor(Color.WHITE);
        canvas.fillRect(0, 0, WIDTH, HEIGHT);
        canvas.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 17));
        canvas.setStroke(new BasicStroke(1));
        FontMetrics metrics = canvas.getFontMetrics();
        for (double tick : up.ticks()) {
            canvas.setColor(GRID);
            canvas.drawLine(LEFT, (int) y(tick), WIDTH - RIGHT, (int) y(tick));
            canvas.setColor(FAINT_INK);
            String label = up.label(tick);
            canvas.drawString(label, LEFT - 12 - metrics.stringWidth(label), (int) y(tick) + 6);
        }
        for (double tick : across.ticks()) {
            canvas.setColor(FAINT_INK);
            canvas.drawLine((int) x(tick), HEIGHT - BOTTOM, (int) x(tick), HEIGHT - BOTTOM + 6);
            centred(across.label(tick), (int) x(tick), HEIGHT - BOTTOM + 26);
        }
        canvas.setColor(FAINT_INK);
        canvas.drawLine(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM);
        centred("step", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 18);
        legend(metrics, evaluated);
        canvas.setColor(INK);
        canvas.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 22));
        canvas.drawString(title, LEFT, 44);
    }

    private void legend(FontMetrics metrics, boolean evaluated) {
        int end = WIDTH - RIGHT;
        if (evaluated) {
            end = legendEntry("evaluation", EVALUATION, end, metrics);
        }
        end = legendEntry("training, smoothed", LINE, end, metrics);
        legendEntry("each step", FAINT_LINE, end, metrics);
    }

    private int legendEntry(String name, Color colour, int end, FontMetrics metrics) {
        int start = end - metrics.stringWidth(name);
        canvas.setColor(INK);
        canvas.drawString(name, start, 44);
        canvas.setColor(colour);
        canvas.fillRoundRect(start - 34, 36, 26, 5, 4, 4);
        return start - 34 - 26;
    }

    private void centred(String text, int x, int y) {
        canvas.drawString(text, x - canvas.getFontMetrics().stringWidth(text) / 2, y);
    }

    private double x(double value) {
        return LEFT + across.share(value) * (WIDTH - LEFT - RIGHT);
    }

    private double y(double value) {
        return HEIGHT - BOTTOM - up.share(value) * (HEIGHT - TOP - BOTTOM);
    }

    private static byte[] encode(BufferedImage image) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, "png", out)) {
                throw new IllegalStateException("this Java has no PNG writer; install a full JDK");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}

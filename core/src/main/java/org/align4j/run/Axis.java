package org.align4j.run;

import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/// One axis of a plot: its range and the round numbers marked on it.
///
/// @param spacing the distance of two marks
record Axis(double low, double high, double spacing) {
    private static final int MARKS = 6;

    /// An axis whose ends are marks, so that no value touches the edge.
    static Axis of(DoubleStream values) {
        DoubleSummaryStatistics range = values.summaryStatistics();
        if (range.getCount() == 0) {
            return new Axis(0, 1, 0.2);
        }
        double width = Math.max(range.getMax() - range.getMin(), Math.abs(range.getMax()) * 0.02 + 1e-6);
        double spacing = round(width / MARKS);
        return new Axis(
                Math.floor(range.getMin() / spacing) * spacing,
                (Math.floor(range.getMin() / spacing + width / spacing) + 1) * spacing,
                spacing);
    }

    /// An axis of whole numbers that spans exactly the values.
    static Axis whole(DoubleStream values) {
        DoubleSummaryStatistics range = values.summaryStatistics();
        if (range.getCount() == 0) {
            return new Axis(0, 1, 1);
        }
        double width = Math.max(1, range.getMax() - range.getMin());
        return new Axis(range.getMin(), range.getMin() + width, Math.max(1, round(width / (MARKS + 2))));
    }

    /// Where on the axis `value` lies: 0 at its low end, 1 at its high end.
    double share(double value) {
        return (value - low) / (high - low);
    }

    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        // counted, not summed: sums of 0.1 drift
        for (long i = (long) Math.ceil(low / spacing - 1e-9); i * spacing <= high + spacing * 1e-9; i++) {
            ticks.add(i * spacing);
        }
        return ticks;
    }

    String label(double tick) {
        int digits = Math.max(0, (int) Math.ceil(-Math.log10(spacing) - 1e-9));
        return digits > 6 ? "%.1e".formatted(tick) : String.format(Locale.ROOT, "%,." + digits + "f", tick);
    }

    /// The next of 1, 2 and 5 times a power of ten.
    private static double round(double rough) {
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double lead = rough / power;
        return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
    }
}

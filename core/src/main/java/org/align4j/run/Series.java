package org.align4j.run;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/// Points of a plot that belong together, in the order of x.
record Series(String name, List<Point> points) {
    /// So few points are dots, and not smoothed.
    private static final int FEW = 3;

    /// A smoothed line has so many bends at most.
    private static final int BENDS = 60;

    /// A value at a step.
    record Point(double x, double y) {}

    Series {
        points = List.copyOf(points);
    }

    /// A metric of a run's rows; rows without it, or with NaN, are left out.
    static Series of(String name, List<Metrics.Row> rows, String metric) {
        List<Point> points = new ArrayList<>();
        for (Metrics.Row row : rows) {
            double value = row.values().getOrDefault(metric, Double.NaN);
            if (Double.isFinite(value)) {
                points.add(new Point(row.step(), value));
            }
        }
        return new Series(name, points);
    }

    boolean few() {
        return points.size() <= FEW;
    }

    /// A moving average weighted by a bell curve, centred so that the line doesn't lag behind the
    /// steps; few points stay as they are.
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
    static Axis across(List<Series> all) {
        return Axis.whole(all.stream().flatMap(each -> each.points().stream()).mapToDouble(Point::x));
    }

    /// The axis of the values of all; a spike far above the others would flatten the rest and is
    /// cut off.
    static Axis up(List<Series> all) {
        double[] sorted = all.stream()
                .flatMap(each -> each.points().stream())
                .mapToDouble(Point::y)
                .sorted()
                .toArray();
        if (sorted.length < 20) {
            return Axis.of(DoubleStream.of(sorted));
        }
        double middle = sorted[sorted.length / 2];
        double spread = sorted[sorted.length * 98 / 100] - middle;
        return Axis.of(DoubleStream.of(sorted).filter(y -> y <= middle + 3 * spread + 1e-9));
    }
}

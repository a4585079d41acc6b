package org.align4j.train.policy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.align4j.loss.ValueLoss;

/// What an optimiser step of a value model logs, gathered over its micro batches.
final class ValueMetrics {
    private double loss;
    private double clipped;
    private long count;
    private double returns;
    private double squares;
    private double errors;

    void add(ValueLoss.Terms terms, float[] values, float[] wanted) {
        loss += terms.loss().detach().item();
        clipped += terms.clipped();
        count += values.length;
        for (int t = 0; t < values.length; t++) {
            returns += wanted[t];
            squares += (double) wanted[t] * wanted[t];
            errors += ((double) values[t] - wanted[t]) * (values[t] - wanted[t]);
        }
    }

    double loss() {
        return loss;
    }

    /// By their names.
    Map<String, Double> named() {
        double all = Math.max(1, count);
        double variance = squares / all - returns / all * (returns / all);
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("loss/value_avg", loss);
        metrics.put("val/clipfrac_avg", clipped / all);
        metrics.put("val/explained_variance", variance > 0 ? 1 - errors / all / variance : 0);
        return metrics;
    }
}

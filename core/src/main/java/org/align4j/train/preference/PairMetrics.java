package org.align4j.train.preference;

import java.util.LinkedHashMap;
import java.util.Map;
import org.align4j.loss.preference.Pairs;
import org.align4j.loss.preference.PreferenceLoss;

/// Means over the pairs of a step or an evaluation, named as TRL names them. Ties have no margin to
/// be right about: they count in the loss and the log-probabilities only.
final class PairMetrics {
    private double lossSum;
    private double units;
    private double pairs;
    private double strict;
    private double chosenRewards;
    private double rejectedRewards;
    private double right;
    private double chosenLogps;
    private double rejectedLogps;
    private double chosenRatios;

    /// Takes in a micro batch.
    ///
    /// @param losses their sum
    /// @param count how many they are
    void add(Pairs logps, PreferenceLoss loss, double losses, int count) {
        lossSum += losses;
        units += count;
        float[] better = loss.rewards(logps.chosen()).toFloats();
        float[] worse = loss.rewards(logps.rejected()).toFloats();
        float[] ties = logps.ties().map(each -> each.toFloats()).orElseGet(() -> new float[better.length]);
        for (int p = 0; p < better.length; p++) {
            if (ties[p] == 0) {
                strict++;
                chosenRewards += better[p];
                rejectedRewards += worse[p];
                right += better[p] > worse[p] ? 1 : 0;
            }
        }
        pairs += better.length;
        chosenLogps += logps.chosen().policy().sum().item();
        rejectedLogps += logps.rejected().policy().sum().item();
        chosenRatios += logps.chosen().ratios().sum().item();
    }

    double loss() {
        return lossSum / units;
    }

    /// How much likelier the chosen answers are than under the reference, in nats.
    double chosenRatio() {
        return chosenRatios / pairs;
    }

    /// @param prefix of every name
    Map<String, Double> named(String prefix) {
        Map<String, Double> means = new LinkedHashMap<>();
        means.put(prefix + "loss", loss());
        if (strict > 0) {
            means.put(prefix + "rewards/chosen", chosenRewards / strict);
            means.put(prefix + "rewards/rejected", rejectedRewards / strict);
            means.put(prefix + "rewards/margins", (chosenRewards - rejectedRewards) / strict);
            means.put(prefix + "rewards/accuracies", right / strict);
        }
        means.put(prefix + "logps/chosen", chosenLogps / pairs);
        means.put(prefix + "logps/rejected", rejectedLogps / pairs);
        return means;
    }
}

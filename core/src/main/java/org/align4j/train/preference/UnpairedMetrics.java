package org.align4j.train.preference;

import java.util.LinkedHashMap;
import java.util.Map;
import org.align4j.loss.preference.Completions;
import org.align4j.loss.preference.UnpairedLoss;

/// Means over the answers of a step or an evaluation, named as TRL names them.
final class UnpairedMetrics {
    private double lossSum;
    private double examples;
    private double origins;
    private final Kind good = new Kind();
    private final Kind bad = new Kind();

    private static final class Kind {
        private double count;
        private double rewards;
        private double logps;
    }

    /// Takes in a micro batch.
    ///
    /// @param losses their sum
    void add(UnpairedBatch batch, Completions completions, UnpairedLoss loss, double origin, double losses) {
        float[] rewards = loss.rewards(completions).toFloats();
        float[] logps = completions.policy().toFloats();
        for (int b = 0; b < rewards.length; b++) {
            Kind kind = batch.examples().get(b).good() ? good : bad;
            kind.count++;
            kind.rewards += rewards[b];
            kind.logps += logps[b];
        }
        lossSum += losses;
        examples += rewards.length;
        origins += origin * rewards.length;
    }

    double loss() {
        return lossSum / examples;
    }

    /// What is not a mean over anything is left out.
    ///
    /// @param prefix of every name
    Map<String, Double> named(String prefix) {
        Map<String, Double> means = new LinkedHashMap<>();
        means.put(prefix + "loss", loss());
        means.put(prefix + "kl", origins / examples);
        if (good.count > 0) {
            means.put(prefix + "rewards/chosen", good.rewards / good.count);
            means.put(prefix + "logps/chosen", good.logps / good.count);
        }
        if (bad.count > 0) {
            means.put(prefix + "rewards/rejected", bad.rewards / bad.count);
            means.put(prefix + "logps/rejected", bad.logps / bad.count);
        }
        if (good.count > 0 && bad.count > 0) {
            means.put(prefix + "rewards/margins", good.rewards / good.count - bad.rewards / bad.count);
        }
        return means;
    }
}

package org.align4j.evaluate.text;

import java.util.List;
import java.util.Map;

/// BLEU (Papineni et al. 2002) with the words of mteval 13a, as sacreBLEU computes it: runs of one
/// to four words, an order without a match counts as if half a match (then a quarter, …) had been
/// found.
public final class Bleu {
    private static final int ORDERS = 4;
    /// Size of [#counts].
    private static final int COUNTS = 2 + 2 * ORDERS;

    private Bleu() {}

    /// What a corpus figure needs of one answer; add them up over the answers. `[10]`: words of the
    /// answer and of the reference, matching runs of 1 … 4 words, all runs of 1 … 4 words.
    public static double[] counts(String answer, String reference) {
        List<String> said = Words.mteval(answer);
        List<String> wanted = Words.mteval(reference);
        double[] counts = new double[COUNTS];
        counts[0] = said.size();
        counts[1] = wanted.size();
        for (int n = 1; n <= ORDERS; n++) {
            Map<List<String>, Integer> runs = Words.runs(said, n);
            counts[1 + n] = Words.shared(runs, Words.runs(wanted, n));
            counts[1 + ORDERS + n] = Math.max(0, said.size() - n + 1);
        }
        return counts;
    }

    /// BLEU of a corpus, 0 to 100, of summed [#counts].
    public static double corpus(double[] sums) {
        return brevity(sums) * geometricMean(sums, false);
    }

    /// BLEU of one answer, 0 to 100: orders longer than the answer don't count.
    public static double sentence(String answer, String reference) {
        double[] counts = counts(answer, reference);
        return brevity(counts) * geometricMean(counts, true);
    }

    /// The factor that punishes a corpus shorter than its references, from summed [#counts].
    public static double brevity(double[] sums) {
        if (sums[0] >= sums[1]) {
            return 1;
        }
        return sums[0] > 0 ? Math.exp(1 - sums[1] / sums[0]) : 0;
    }

    /// Share of runs that match, in per cent, `[4]`, by length of the run, from summed [#counts].
    public static double[] precisions(double[] sums) {
        double[] precisions = new double[ORDERS];
        boolean none = true;
        for (int n = 0; n < ORDERS; n++) {
            none &= sums[2 + n] == 0;
        }
        double halving = 1;
        for (int n = 0; n < ORDERS && !none && sums[2 + ORDERS + n] > 0; n++) {
            if (sums[2 + n] == 0) {
                halving *= 2;
                precisions[n] = 100 / (halving * sums[2 + ORDERS + n]);
            } else {
                precisions[n] = 100 * sums[2 + n] / sums[2 + ORDERS + n];
            }
        }
        return precisions;
    }

    private static double geometricMean(double[] sums, boolean existingOrders) {
        double[] precisions = precisions(sums);
        int orders = ORDERS;
        while (existingOrders && orders > 1 && sums[1 + ORDERS + orders] == 0) {
            orders--;
        }
        double logs = 0;
        for (int n = 0; n < orders; n++) {
            logs += Math.log(precisions[n]);
        }
        return Math.exp(logs / orders);
    }
}

package org.align4j.evaluate.text;

import java.util.HashMap;
import java.util.Map;

/// chrF2 (Popović 2015) as sacreBLEU computes it: runs of one to six characters without white
/// space, recall counting twice as much as precision. Characters are code points.
public final class Chrf {
    private static final int ORDERS = 6;
    private static final double BETA_SQUARED = 4;

    private Chrf() {}

    /// What a corpus figure needs of one answer; add them up over the answers. `[18]`: for each
    /// length the answer's runs, the reference's, and those they share.
    public static double[] counts(String answer, String reference) {
        int[] said = characters(answer);
        int[] wanted = characters(reference);
        double[] counts = new double[3 * ORDERS];
        for (int n = 1; n <= ORDERS; n++) {
            Map<String, Integer> runs = runs(said, n);
            Map<String, Integer> references = runs(wanted, n);
            int at = 3 * (n - 1);
            // without a run in the reference the answer's own can't match and don't count
            counts[at] = references.isEmpty() ? 0 : Math.max(0, said.length - n + 1);
            counts[at + 1] = Math.max(0, wanted.length - n + 1);
            counts[at + 2] = Words.shared(runs, references);
        }
        return counts;
    }

    /// chrF2 of summed [#counts], 0 to 100; of one answer's counts, that answer's figure.
    public static double score(double[] sums) {
        double precision = 0;
        double recall = 0;
        int orders = 0;
        for (int at = 0; at < sums.length; at += 3) {
            if (sums[at] > 0 && sums[at + 1] > 0) {
                precision += sums[at + 2] / sums[at];
                recall += sums[at + 2] / sums[at + 1];
                orders++;
            }
        }
        if (precision + recall == 0) {
            return 0;
        }
        precision /= orders;
        recall /= orders;
        return 100 * (1 + BETA_SQUARED) * precision * recall / (BETA_SQUARED * precision + recall);
    }

    private static int[] characters(String text) {
        return String.join("", Words.of(text)).codePoints().toArray();
    }

    private static Map<String, Integer> runs(int[] characters, int n) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i + n <= characters.length; i++) {
            counts.merge(new String(characters, i, n), 1, Integer::sum);
        }
        return counts;
    }
}

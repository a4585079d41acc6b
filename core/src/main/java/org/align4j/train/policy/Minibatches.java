package org.align4j.train.policy;

import java.util.ArrayList;
import java.util.List;
import org.align4j.random.CounterRandom;

/// Which answers of an iteration each of its updates learns from.
///
/// @param outputs answers of an iteration
/// @param together how many answers, one after the other, always are in the same update
/// @param count updates of a pass over them; it divides `outputs` / `together`
record Minibatches(int outputs, int together, int count, long seed) {
    /// The answers of an update, by number: all, or a part in an order that each pass draws anew.
    /// Answers to one prompt are side by side: it is computed once for them.
    ///
    /// @param update of the iteration, from 0
    List<Integer> of(long iteration, int update) {
        int units = outputs / together;
        int size = units / count;
        int first = update % count * size;
        int[] order = count == 1
                ? new int[0]
                : CounterRandom.of(seed, "minibatches").permutation(units, iteration, update / count);
        List<Integer> chosen = new ArrayList<>();
        for (int i = first; i < first + size; i++) {
            int unit = count == 1 ? i : order[i];
            for (int k = 0; k < together; k++) {
                chosen.add(unit * together + k);
            }
        }
        chosen.sort(null);
        return chosen;
    }
}

package org.align4j.rating;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Groups of items within which each was, directly or through others, better than (or, for models
/// that learn from ties, tied with) each other one at some time. Only within such a group do the
/// data say how far apart items are (Ford 1957): of two groups one may have lost every comparison
/// with the other, or they may never have met.
final class Components {
    private Components() {}

    /// The strongly connected components of a graph, `losses[i]` holding the items that i lost to,
    /// see [VoteLikelihood#enterLosses].
    static List<List<Integer>> of(List<BitSet> losses) {
        int size = losses.size();
        List<BitSet> reached = losses.stream().map(set -> (BitSet) set.clone()).toList();
        // Warshall's closure
        for (int through = 0; through < size; through++) {
            for (BitSet from : reached) {
                if (from.get(through)) {
                    from.or(reached.get(through));
                }
            }
        }
        List<List<Integer>> components = new ArrayList<>();
        BitSet taken = new BitSet();
        for (int i = 0; i < size; i++) {
            if (taken.get(i)) {
                continue;
            }
            List<Integer> component = new ArrayList<>(List.of(i));
            for (int j = i + 1; j < size; j++) {
                if (reached.get(i).get(j) && reached.get(j).get(i)) {
                    component.add(j);
                    taken.set(j);
                }
            }
            components.add(component);
        }
        return components;
    }
}

package org.align4j.world.grammar;

import java.util.ArrayList;
import java.util.List;
import org.align4j.random.CounterRandom;

/// The random decisions of one document, in turns. What a document says depends on its key alone,
/// so documents can be made in any order and on any thread.
public final class Draws {
    private final CounterRandom random;
    private long drawn;

    public Draws(CounterRandom random) {
        this.random = random;
    }

    /// Decisions that depend on this document and `purpose`, but not on what was drawn before.
    public Draws apart(long purpose) {
        return new Draws(random.at(-1, purpose));
    }

    /// Uniform on 0 … `bound - 1`.
    public int below(int bound) {
        return (int) random.below(bound, drawn++);
    }

    /// Uniform on `low` … `high`.
    public int between(int low, int high) {
        return low + below(high - low + 1);
    }

    public boolean chance(double probability) {
        return random.uniform(drawn++) < probability;
    }

    public double gaussian() {
        return random.gaussian(drawn++);
    }

    public <T> T pick(List<T> items) {
        return items.get(below(items.size()));
    }

    /// `count` different items in random order.
    public <T> List<T> some(List<T> items, int count) {
        List<T> left = new ArrayList<>(items);
        List<T> chosen = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            chosen.add(left.remove(below(left.size())));
        }
        return chosen;
    }

    /// All items in random order.
    public <T> List<T> shuffled(List<T> items) {
        return some(items, items.size());
    }
}

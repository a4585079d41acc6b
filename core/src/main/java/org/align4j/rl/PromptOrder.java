package org.align4j.rl;

import org.align4j.random.CounterRandom;

/// Which prompts an iteration asks. Each pass over the prompts has an order of its own; nothing
/// needs to be remembered.
///
/// @param prompts how many there are
/// @param shuffle whether passes are shuffled; otherwise they have the order of the data
public record PromptOrder(int prompts, boolean shuffle, long seed) {
    public PromptOrder {
        if (prompts < 1) {
            throw new IllegalArgumentException("there must be a prompt");
        }
    }

    /// The `count` prompts of iteration `iteration`, by number.
    public int[] of(long iteration, int count) {
        int[] chosen = new int[count];
        long pass = -1;
        int[] order = new int[0];
        for (int i = 0; i < count; i++) {
            long place = iteration * count + i;
            if (place / prompts != pass) {
                pass = place / prompts;
                order = shuffle ? random("order").permutation(prompts, pass) : new int[0];
            }
            int at = (int) (place % prompts);
            chosen[i] = shuffle ? order[at] : at;
        }
        return chosen;
    }

    /// Another prompt in place of one from which nothing can be learned.
    ///
    /// @param attempt how often the iteration has looked for others
    public int instead(long iteration, int attempt, int place) {
        return (int) random("instead").below(prompts, iteration, attempt, place);
    }

    private CounterRandom random(String what) {
        return CounterRandom.of(seed, "prompts " + what);
    }
}

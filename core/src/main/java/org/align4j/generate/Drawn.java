package org.align4j.generate;

/// The tokens chosen for B sequences in one step. Both log-probabilities are natural
/// logarithms, and the arrays are empty where they weren't asked for.
public final class Drawn {
    private final int[] tokens;
    private final float[] logps;
    private final float[] filteredLogps;

    Drawn(int[] tokens, float[] logps, float[] filteredLogps) {
        this.tokens = tokens;
        this.logps = logps;
        this.filteredLogps = filteredLogps;
    }

    /// The token of each row, `[B]`.
    public int[] tokens() {
        return tokens;
    }

    /// Log-probabilities of the tokens under the model's distribution at the sampling
    /// temperature (1 where greedy), before penalties, bans and filters: what a learner
    /// computes for them. `[B]`, or empty.
    public float[] logps() {
        return logps;
    }

    /// Log-probabilities under the distribution that the tokens were drawn from, after
    /// everything; 0 where greedy. `[B]`, or empty.
    public float[] filteredLogps() {
        return filteredLogps;
    }
}

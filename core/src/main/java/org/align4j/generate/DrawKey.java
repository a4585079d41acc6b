package org.align4j.generate;

import org.align4j.random.CounterRandom;

/// What fixes a sequence's random numbers beside the seed: the iteration of training (0 outside
/// it), the prompt's number in it, and which of the prompt's samples this is. The row of the
/// batch doesn't count, so a sequence is the same whatever it is batched with.
public record DrawKey(long iteration, long prompt, long sample) {
    /// The first sample of a single prompt.
    public static final DrawKey ONLY = new DrawKey(0, 0, 0);

    /// The purpose that separates these draws from the seed's other uses.
    private static final String PURPOSE = "sampling";

    /// The streams of `seed` that [#uniform] reads.
    static CounterRandom draws(long seed) {
        return CounterRandom.of(seed, PURPOSE);
    }

    /// Uniform on [0, 1) for the sequence's token at `position`, 0 being the first after the
    /// prompt: a multiple of 2^-24, so that float32 holds it exactly.
    float uniform(CounterRandom draws, long position) {
        return (draws.bits(iteration, prompt, sample, position) >>> 40) * 0x1p-24f;
    }
}

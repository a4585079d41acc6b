package org.align4j.model;

import java.util.List;

/// How the rotary frequencies are changed for longer contexts, as transformers'
/// `modeling_rope_utils` does.
public sealed interface RopeScaling {
    /// Frequencies as they are.
    record None() implements RopeScaling {}

    /// Every frequency divided by `factor`.
    record Linear(double factor) implements RopeScaling {}

    /// Llama 3.1: low frequencies divided by `factor`, high ones kept, those between blended.
    record Llama3(double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalMaxPositions)
            implements RopeScaling {}

    /// YaRN (Peng et al. 2023). `attentionFactor` multiplies cosine and sine.
    record Yarn(
            double factor,
            double attentionFactor,
            double betaFast,
            double betaSlow,
            int originalMaxPositions,
            boolean truncate)
            implements RopeScaling {}

    /// Dynamic NTK: the base grows with a sequence's own length once that exceeds
    /// `originalMaxPositions`.
    record Dynamic(double factor, int originalMaxPositions) implements RopeScaling {}

    /// LongRoPE (Phi-3): one list of divisors for sequences up to `originalMaxPositions`, another
    /// for longer ones, by each sequence's own length. `attentionFactor` multiplies cosine and
    /// sine.
    record LongRope(List<Double> shortFactor, List<Double> longFactor, double attentionFactor, int originalMaxPositions)
            implements RopeScaling {
        public LongRope {
            shortFactor = List.copyOf(shortFactor);
            longFactor = List.copyOf(longFactor);
        }
    }
}

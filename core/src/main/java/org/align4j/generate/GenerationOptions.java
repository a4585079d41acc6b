package org.align4j.generate;

import org.align4j.error.AlignException;

/// How answers are generated.
///
/// @param sampling how each token is chosen
/// @param maxNewTokens the longest answer
/// @param maxSequences how many answers are decoded at once; others wait for a place
/// @param logps whether log-probabilities are wanted
public record GenerationOptions(Sampling sampling, int maxNewTokens, int maxSequences, boolean logps) {
    /// Beyond about so many sequences a CPU gains little.
    private static final int SEQUENCES = 64;

    public GenerationOptions {
        if (maxNewTokens < 1) {
            throw new AlignException.Config("max tokens: " + maxNewTokens + " is out of range; give at least 1");
        }
        if (maxSequences < 1) {
            throw new AlignException.Config("sequences: " + maxSequences + " is out of range; give at least 1");
        }
    }

    /// Without log-probabilities.
    public static GenerationOptions of(Sampling sampling, int maxNewTokens) {
        return new GenerationOptions(sampling, maxNewTokens, SEQUENCES, false);
    }

    public GenerationOptions withLogps() {
        return new GenerationOptions(sampling, maxNewTokens, maxSequences, true);
    }

    public GenerationOptions withMaxSequences(int most) {
        return new GenerationOptions(sampling, maxNewTokens, most, logps);
    }
}

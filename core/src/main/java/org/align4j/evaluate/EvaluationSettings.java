package org.align4j.evaluate;

import java.util.Optional;
import org.align4j.error.AlignException;
import org.align4j.generate.Sampling;

/// How models are measured.
///
/// @param sampling how answers are drawn; greedy by default
/// @param maxNewTokens the longest answer; less where the longest question leaves less room
/// @param plain whether questions are asked without the model's chat template
/// @param windows how long texts are cut; by default as long as the model's context and 2,048
///     tokens allow, half overlapping
/// @param seed of the bootstrap
public record EvaluationSettings(
        Sampling sampling, int maxNewTokens, boolean plain, Optional<Windows> windows, long seed) {
    private static final int MAX_NEW_TOKENS = 256;
    private static final int WINDOW = 2048;

    public EvaluationSettings {
        if (maxNewTokens < 1) {
            throw new AlignException.Config("max tokens: " + maxNewTokens + " is out of range; give at least 1");
        }
    }

    /// Greedy answers of at most 256 tokens in the model's chat template.
    public static EvaluationSettings defaults() {
        return new EvaluationSettings(Sampling.greedy(), MAX_NEW_TOKENS, false, Optional.empty(), 0);
    }

    public EvaluationSettings withMaxNewTokens(int most) {
        return new EvaluationSettings(sampling, most, plain, windows, seed);
    }

    public EvaluationSettings withPlain(boolean asked) {
        return new EvaluationSettings(sampling, maxNewTokens, asked, windows, seed);
    }

    /// The windows for a model of so many positions.
    Windows windows(int positions) {
        int size = Math.min(positions, WINDOW);
        return windows.orElseGet(() -> new Windows(size, Math.max(1, size / 2)));
    }
}

package org.align4j.pipeline;

import java.util.Arrays;
import java.util.List;
import org.align4j.data.TokenizedExample;

/// How many tokens examples have.
///
/// @param total of all examples
/// @param trained of all examples, those that are trained
public record TokenLengths(int shortest, int median, int percentile95, int longest, long total, long trained) {
    /// @param examples at least one
    public static TokenLengths of(List<TokenizedExample> examples) {
        int[] lengths = examples.stream().mapToInt(TokenizedExample::length).sorted().toArray();
        int last = lengths.length - 1;
        return new TokenLengths(
                lengths[0],
                lengths[last / 2],
                lengths[(int) Math.ceil(last * 0.95)],
                lengths[last],
                Arrays.stream(lengths).asLongStream().sum(),
                examples.stream().mapToLong(TokenizedExample::trainedTokens).sum());
    }
}

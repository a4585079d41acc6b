package org.align4j.rl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.align4j.data.TokenizedExample;

/// Groups of texts computed some at a time.
final class TextBatches {
    private TextBatches() {}

    /// A number for each text, group by group.
    ///
    /// @param maxTokens of a batch, but for a group that has more
    /// @param interrupted ends early, with the groups done so far
    /// @param batch numbers of the texts of some groups, one after the other
    static List<float[]> scored(
            List<List<TokenizedExample>> groups,
            int maxTokens,
            BooleanSupplier interrupted,
            Function<List<List<TokenizedExample>>, float[]> batch) {
        List<float[]> scores = new ArrayList<>();
        int from = 0;
        while (from < groups.size() && !interrupted.getAsBoolean()) {
            int to = from;
            int tokens = 0;
            while (to < groups.size() && (to == from || tokens + length(groups.get(to)) <= maxTokens)) {
                tokens += length(groups.get(to++));
            }
            float[] all = batch.apply(groups.subList(from, to));
            int at = 0;
            for (List<TokenizedExample> group : groups.subList(from, to)) {
                scores.add(Arrays.copyOfRange(all, at, at + group.size()));
                at += group.size();
            }
            from = to;
        }
        return scores;
    }

    private static int length(List<TokenizedExample> group) {
        return group.stream().mapToInt(TokenizedExample::length).sum();
    }
}

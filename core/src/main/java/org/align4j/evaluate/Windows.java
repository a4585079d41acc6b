package org.align4j.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.align4j.data.Source;
import org.align4j.data.TokenizedExample;
import org.align4j.error.AlignException;

/// Cuts text longer than a model's context into windows that overlap, each scoring the tokens that
/// those before it didn't: every token but the first is scored once, with at least `size - stride`
/// tokens before it where there are as many.
///
/// @param size tokens of a window
/// @param stride by how many tokens the next window starts later
public record Windows(int size, int stride) {
    /// @throws AlignException.Config unless 1 ≤ stride ≤ size and size ≥ 2
    public Windows {
        if (size < 2 || stride < 1 || stride > size) {
            throw new AlignException.Config("window: " + size + " tokens moved by " + stride
                    + " cannot be; give at least 2 tokens, moved by 1 to as many");
        }
    }

    /// The windows of one text. With `stride` = `size` the first token of every window is not
    /// scored: nothing stands before it.
    public List<TokenizedExample> of(int[] tokens, Source source) {
        List<TokenizedExample> windows = new ArrayList<>();
        int scored = 0;
        for (int start = 0; scored < tokens.length; start += stride) {
            int end = Math.min(start + size, tokens.length);
            boolean[] targets = new boolean[end - start];
            Arrays.fill(targets, Math.max(1, scored - start), targets.length, true);
            windows.add(new TokenizedExample(Arrays.copyOfRange(tokens, start, end), targets, source));
            scored = end;
        }
        return windows;
    }
}

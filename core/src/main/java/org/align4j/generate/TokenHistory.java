package org.align4j.generate;

import java.util.Arrays;

/// The tokens of one sequence so far: the prompt's, then the generated ones. It grows as the
/// sequence does.
public final class TokenHistory {
    private final int promptLength;
    private int[] tokens;
    private int length;

    /// A history that holds the prompt's tokens only.
    public TokenHistory(int... prompt) {
        promptLength = prompt.length;
        length = prompt.length;
        tokens = Arrays.copyOf(prompt, Math.max(16, 2 * prompt.length));
    }

    /// Appends a generated token.
    public void add(int token) {
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * length);
        }
        tokens[length++] = token;
    }

    /// Prompt and generated tokens together.
    public int length() {
        return length;
    }

    public int promptLength() {
        return promptLength;
    }

    /// How many tokens were generated; also the position of the next one's draw.
    public int generated() {
        return length - promptLength;
    }

    /// The token at `index`, 0 being the prompt's first.
    public int get(int index) {
        if (index >= length) {
            throw new IndexOutOfBoundsException("token " + index + " of " + length);
        }
        return tokens[index];
    }

    /// A copy of the generated tokens.
    public int[] generatedTokens() {
        return Arrays.copyOfRange(tokens, promptLength, length);
    }

    /// A copy of all tokens.
    int[] tokens() {
        return Arrays.copyOf(tokens, length);
    }

    /// Whether the tokens before `end` end with `count` tokens of `word`.
    boolean endsWith(int end, int[] word, int count) {
        return end >= count && Arrays.equals(tokens, end - count, end, word, 0, count);
    }

    /// Whether the `count` tokens before `end` equal the last `count` tokens.
    boolean repeatsEnd(int end, int count) {
        return end >= count && Arrays.equals(tokens, end - count, end, tokens, length - count, length);
    }

    /// Every token that occurs, ascending, once each.
    int[] distinct() {
        return Arrays.stream(tokens, 0, length).sorted().distinct().toArray();
    }
}

package org.align4j.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.align4j.error.AlignException;

/// Sequences laid end to end, without padding. N tokens in all, B sequences. The arrays are shared,
/// not copied: treat them as read-only.
///
/// @param tokens ids, `[N]`
/// @param positions position of each token for the model, `[N]`; starts at 0 in every sequence
///     unless a factory says otherwise
/// @param offsets `[B+1]`: sequence b is tokens `offsets[b]` (inclusive) to `offsets[b+1]` (exclusive)
/// @param lossMask `[N]`; true: this token is a trained target, predicted by the hidden state of the
///     token before it. The first token of a sequence never is one
@SuppressWarnings("ArrayRecordComponent") // equals compares contents
public record PackedBatch(int[] tokens, int[] positions, int[] offsets, boolean[] lossMask) {
    /// Checks that sizes agree, offsets rise strictly from 0 to N, ids and positions are not
    /// negative, and no sequence's first token is a target.
    ///
    /// @throws AlignException.Data otherwise
    public PackedBatch {
        int total = tokens.length;
        if (positions.length != total || lossMask.length != total) {
            throw new AlignException.Data("packed batch: " + total + " tokens, " + positions.length + " positions and "
                    + lossMask.length + " mask entries; the three must agree");
        }
        if (offsets.length < 2 || offsets[0] != 0 || offsets[offsets.length - 1] != total) {
            throw new AlignException.Data("packed batch: offsets must run from 0 to " + total
                    + " and hold at least one sequence, not " + Arrays.toString(offsets));
        }
        for (int b = 0; b + 1 < offsets.length; b++) {
            if (offsets[b + 1] <= offsets[b]) {
                throw new AlignException.Data(
                        "packed batch: sequence " + b + " is empty; every sequence needs a token");
            }
            if (lossMask[offsets[b]]) {
                throw new AlignException.Data("packed batch: the first token of sequence " + b
                        + " is a target, but nothing predicts it; clear its mask");
            }
        }
        for (int t = 0; t < total; t++) {
            if (tokens[t] < 0 || positions[t] < 0) {
                throw new AlignException.Data("packed batch: token " + t + " has id " + tokens[t] + " at position "
                        + positions[t] + "; neither may be negative");
            }
        }
    }

    /// Packs examples in the order given; positions restart at 0 in each.
    public static PackedBatch of(List<TokenizedExample> examples) {
        List<int[]> ids = new ArrayList<>();
        List<boolean[]> masks = new ArrayList<>();
        for (TokenizedExample example : examples) {
            ids.add(example.tokens());
            masks.add(example.lossMask());
        }
        return of(ids, masks);
    }

    /// Packs raw ids with the mask of each sequence; positions restart at 0 in each.
    ///
    /// @throws AlignException.Data when a sequence is empty, a mask's size differs from its
    ///     sequence's, or a first token is a target
    public static PackedBatch of(List<int[]> sequences, List<boolean[]> lossMasks) {
        if (sequences.size() != lossMasks.size()) {
            throw new AlignException.Data(
                    "packed batch: " + sequences.size() + " sequences but " + lossMasks.size() + " masks");
        }
        int[] offsets = new int[sequences.size() + 1];
        for (int b = 0; b < sequences.size(); b++) {
            int length = sequences.get(b).length;
            if (lossMasks.get(b).length != length) {
                throw new AlignException.Data("packed batch: sequence " + b + " has " + length
                        + " tokens but a mask of " + lossMasks.get(b).length);
            }
            offsets[b + 1] = Math.addExact(offsets[b], length);
        }
        int total = offsets[sequences.size()];
        int[] tokens = new int[total];
        int[] positions = new int[total];
        boolean[] mask = new boolean[total];
        for (int b = 0; b < sequences.size(); b++) {
            int length = sequences.get(b).length;
            System.arraycopy(sequences.get(b), 0, tokens, offsets[b], length);
            System.arraycopy(lossMasks.get(b), 0, mask, offsets[b], length);
            for (int t = 0; t < length; t++) {
                positions[offsets[b] + t] = t;
            }
        }
        return new PackedBatch(tokens, positions, offsets, mask);
    }

    /// Packs raw ids; every token but the first of each sequence is a target.
    public static PackedBatch allTrained(List<int[]> sequences) {
        return of(sequences.stream()
                .map(ids -> TokenizedExample.allTrained(ids, Source.memory(0)))
                .toList());
    }

    /// Packs one sequence; every token but the first is a target.
    public static PackedBatch ofSequence(int... ids) {
        return allTrained(List.of(ids));
    }

    /// N.
    public int tokenCount() {
        return tokens.length;
    }

    /// B.
    public int sequenceCount() {
        return offsets.length - 1;
    }

    /// Tokens of sequence `b`.
    public int length(int b) {
        return offsets[b + 1] - offsets[b];
    }

    /// Tokens of the longest sequence.
    public int maxLength() {
        int longest = 0;
        for (int b = 0; b < sequenceCount(); b++) {
            longest = Math.max(longest, length(b));
        }
        return longest;
    }

    /// How many tokens are targets: what the loss is divided by.
    public int trainedTokens() {
        int count = 0;
        for (boolean trained : lossMask) {
            count += trained ? 1 : 0;
        }
        return count;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PackedBatch that
                && Arrays.equals(tokens, that.tokens)
                && Arrays.equals(positions, that.positions)
                && Arrays.equals(offsets, that.offsets)
                && Arrays.equals(lossMask, that.lossMask);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(tokens) + Arrays.hashCode(offsets);
    }

    @Override
    public String toString() {
        return "PackedBatch(" + tokenCount() + " tokens, " + sequenceCount() + " sequences, " + trainedTokens()
                + " trained)";
    }
}

package org.align4j.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.align4j.error.AlignException;

/// Sequences laid end to end, without padding. N tokens in all, B sequences. The arrays are shared,
/// not copied: treat them as read-only.
///
/// @param tokens ids, `[N]`
/// @param positions position of each token for the model, `[N]`; starts at 0 in every sequence
///     unless a factory says otherwise
/// @param offsets `[B+1]`: sequence b is tokens `offsets[b]` (inclusive) to `offsets[b+1]`
///     (exclusive)
/// @param lossMask `[N]`; true: this token is a trained target, predicted by the hidden state of
///     the token before it. The first token of a sequence that stands alone never is one
/// @param parents `[B]`: the sequence, itself standing alone, that sequence b continues, as an
///     answer continues a prompt: all its tokens are seen, and its last one predicts the first of
///     b. -1 for none
@SuppressWarnings("ArrayRecordComponent") // equals compares contents
public record PackedBatch(int[] tokens, int[] positions, int[] offsets, boolean[] lossMask, int[] parents) {
    /// Sequences that all stand alone.
    public PackedBatch(int[] tokens, int[] positions, int[] offsets, boolean[] lossMask) {
        this(tokens, positions, offsets, lossMask, alone(offsets.length - 1));
    }

    /// Checks that sizes agree, offsets rise strictly from 0 to N, ids and positions are not
    /// negative, parents stand alone, and every target has a token before it.
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
        if (parents.length != offsets.length - 1) {
            throw new AlignException.Data("packed batch: " + (offsets.length - 1) + " sequences but " + parents.length
                    + " parents; each sequence has one, or -1");
        }
        for (int b = 0; b + 1 < offsets.length; b++) {
            if (offsets[b + 1] <= offsets[b]) {
                throw new AlignException.Data(
                        "packed batch: sequence " + b + " is empty; every sequence needs a token");
            }
            if (parents[b] >= parents.length || (parents[b] >= 0 && parents[parents[b]] >= 0)) {
                throw new AlignException.Data("packed batch: sequence " + b + " can't continue sequence " + parents[b]
                        + "; it must be a sequence that stands alone");
            }
            if (parents[b] < 0 && lossMask[offsets[b]]) {
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
        return of(sequences, lossMasks, alone(sequences.size()));
    }

    private static PackedBatch of(List<int[]> sequences, List<boolean[]> lossMasks, int[] parents) {
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
            int before = parents[b] < 0 ? 0 : sequences.get(parents[b]).length;
            for (int t = 0; t < length; t++) {
                positions[offsets[b] + t] = before + t;
            }
        }
        return new PackedBatch(tokens, positions, offsets, mask, parents);
    }

    private static int[] alone(int sequences) {
        int[] parents = new int[Math.max(0, sequences)];
        Arrays.fill(parents, -1);
        return parents;
    }

    /// Packs groups of examples that begin alike, as answers to one prompt do. What all of a group
    /// begin with, up to the first target, becomes a sequence of its own, which is computed once,
    /// and the rest of each example continues it. Targets are in the order of the examples; a group
    /// of one stays whole.
    public static PackedBatch sharing(List<List<TokenizedExample>> groups) {
        List<int[]> ids = new ArrayList<>();
        List<boolean[]> masks = new ArrayList<>();
        List<Integer> parents = new ArrayList<>();
        for (List<TokenizedExample> group : groups) {
            int shared = group.size() == 1 ? 0 : sharedStart(group);
            int parent = shared == 0 ? -1 : ids.size();
            if (shared > 0) {
                ids.add(Arrays.copyOf(group.getFirst().tokens(), shared));
                masks.add(new boolean[shared]);
                parents.add(-1);
            }
            for (TokenizedExample example : group) {
                ids.add(Arrays.copyOfRange(example.tokens(), shared, example.length()));
                masks.add(Arrays.copyOfRange(example.lossMask(), shared, example.length()));
                parents.add(parent);
            }
        }
        return of(ids, masks, parents.stream().mapToInt(Integer::intValue).toArray());
    }

    /// How many tokens all begin with that are nobody's target and nobody's last.
    private static int sharedStart(List<TokenizedExample> group) {
        TokenizedExample first = group.getFirst();
        int shared = first.length() - 1;
        for (TokenizedExample example : group) {
            shared = Math.min(shared, example.length() - 1);
            int alike = 0;
            while (alike < shared && !example.lossMask()[alike] && example.tokens()[alike] == first.tokens()[alike]) {
                alike++;
            }
            shared = alike;
        }
        return shared;
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

    /// Tokens of sequence `b` and of what it continues.
    public int wholeLength(int b) {
        return length(b) + (parents[b] < 0 ? 0 : length(parents[b]));
    }

    /// The last token of each sequence that none continues, by row: of every example that was
    /// packed.
    public int[] ends() {
        boolean[] continued = new boolean[sequenceCount()];
        for (int parent : parents) {
            if (parent >= 0) {
                continued[parent] = true;
            }
        }
        return IntStream.range(0, sequenceCount())
                .filter(b -> !continued[b])
                .map(b -> offsets[b + 1] - 1)
                .toArray();
    }

    /// Whether any sequence continues another.
    public boolean isSharing() {
        return Arrays.stream(parents).anyMatch(parent -> parent >= 0);
    }

    /// The token whose hidden state predicts token `t` of sequence `b`.
    public int predictor(int b, int t) {
        return t > offsets[b] || parents[b] < 0 ? t - 1 : offsets[parents[b] + 1] - 1;
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
                && Arrays.equals(lossMask, that.lossMask)
                && Arrays.equals(parents, that.parents);
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

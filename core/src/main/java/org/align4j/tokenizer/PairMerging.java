package org.align4j.tokenizer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SequencedMap;
import org.align4j.tokenizer.PairTable.WordList;
import org.align4j.tokenizer.TokenizerSpec.Merge;

/// Byte-pair encoding's way of learning tokens (Sennrich et al. 2016): the most frequent pair of
/// neighbouring symbols becomes a symbol, again and again. Of equally frequent pairs the one with
/// the lower ids goes first, and counts are kept up to date as Hugging Face's trainer keeps them,
/// so that the merges are the same ones.
final class PairMerging {
    private final List<String> tokens;
    private final Map<String, Integer> ids = new HashMap<>();
    private final SequencedMap<Long, Boolean> merges = new LinkedHashMap<>();

    /// Symbols of all words, end to end; a word shrinks in its place.
    private final int[] symbols;

    private final int[] starts;
    private final int[] lengths;
    private final long[] counts;
    private final PairTable pairs = new PairTable();
    private final List<Long> appeared = new ArrayList<>();
    private final PriorityQueue<Candidate> queue = new PriorityQueue<>(
            Comparator.comparingLong(Candidate::count).reversed().thenComparingLong(Candidate::pair));

    /// @param count of the pair when it was queued; it may have changed since
    /// @param words in which the pair appeared before it was queued
    private record Candidate(long pair, long count, WordList words) {}

    /// What was learned.
    ///
    /// @param tokens by id: the first ones, then the learned
    record Learned(List<String> tokens, List<Merge> merges) {}

    /// @param first tokens that there are from the start
    /// @param words as ids of these tokens
    /// @param counts how often each word occurs
    private PairMerging(List<String> first, List<int[]> words, long[] counts) {
        tokens = new ArrayList<>(first);
        for (int id = 0; id < first.size(); id++) {
            ids.put(first.get(id), id);
        }
        this.counts = counts;
        starts = new int[words.size()];
        lengths = new int[words.size()];
        symbols = new int
                [Math.toIntExact(words.stream().mapToLong(word -> word.length).sum())];
        int at = 0;
        for (int w = 0; w < words.size(); w++) {
            int[] word = words.get(w);
            System.arraycopy(word, 0, symbols, at, word.length);
            starts[w] = at;
            lengths[w] = word.length;
            at += word.length;
        }
    }

    /// Learns until there are `vocabulary` tokens, or no pair occurs `minFrequency` times.
    static Learned learn(List<String> first, List<int[]> words, long[] counts, int vocabulary, long minFrequency) {
        PairMerging merging = new PairMerging(first, words, counts);
        merging.countPairs();
        merging.mergePairs(vocabulary, minFrequency);
        return new Learned(
                merging.tokens,
                merging.merges.keySet().stream()
                        .map(pair -> new Merge(
                                merging.tokens.get(PairTable.left(pair)), merging.tokens.get(PairTable.right(pair))))
                        .toList());
    }

    private void countPairs() {
        for (int w = 0; w < starts.length; w++) {
            for (int i = starts[w]; i + 1 < starts[w] + lengths[w]; i++) {
                appear(PairTable.pair(symbols[i], symbols[i + 1]), w);
            }
        }
        enqueue();
    }

    private void appear(long pair, int word) {
        if (pairs.appear(pair, counts[word], word)) {
            appeared.add(pair);
        }
    }

    private void enqueue() {
        for (long pair : appeared) {
            WordList words = pairs.take(pair);
            long count = pairs.count(pair);
            if (count > 0) {
                queue.add(new Candidate(pair, count, words));
            }
        }
        appeared.clear();
    }

    private void mergePairs(int vocabulary, long minFrequency) {
        while (tokens.size() < vocabulary && !queue.isEmpty()) {
            Candidate top = queue.remove();
            long count = pairs.count(top.pair());
            if (count != top.count()) {
                queue.add(new Candidate(top.pair(), count, top.words()));
                continue;
            }
            if (count < Math.max(1, minFrequency)) {
                return;
            }
            int merged = token(tokens.get(PairTable.left(top.pair())) + tokens.get(PairTable.right(top.pair())));
            // a pair that comes again by another way goes to the end, where the peers' file has it, too
            merges.putLast(top.pair(), true);
            for (int i = 0; i < top.words().size(); i++) {
                merge(top.words().get(i), top.pair(), merged);
            }
            enqueue();
        }
    }

    private int token(String text) {
        Integer known = ids.get(text);
        if (known != null) {
            return known;
        }
        tokens.add(text);
        ids.put(text, tokens.size() - 1);
        return tokens.size() - 1;
    }

    /// Replaces a pair in a word and counts the pairs that go and come.
    private void merge(int word, long pair, int merged) {
        int start = starts[word];
        int length = lengths[word];
        int left = PairTable.left(pair);
        int right = PairTable.right(pair);
        for (int i = start; i + 1 < start + length; i++) {
            if (symbols[i] != left || symbols[i + 1] != right) {
                continue;
            }
            if (i > start) {
                pairs.add(PairTable.pair(symbols[i - 1], left), -counts[word]);
                appear(PairTable.pair(symbols[i - 1], merged), word);
            }
            symbols[i] = merged;
            System.arraycopy(symbols, i + 2, symbols, i + 1, start + length - i - 2);
            length--;
            if (i + 1 < start + length) {
                pairs.add(PairTable.pair(right, symbols[i + 1]), -counts[word]);
                appear(PairTable.pair(merged, symbols[i + 1]), word);
            }
        }
        lengths[word] = length;
    }
}

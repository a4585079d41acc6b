package org.align4j.data.doctor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Finds texts that share most of their five-word stretches, by MinHash (Broder 1997) with banding:
/// 64 minima in 16 bands of 4. Of two texts with similarity 0.8 one band agrees with probability 1
/// - (1 - 0.8⁴)¹⁶ = 0.9998. Memory: 256 bytes a text and as much for the bands.
final class NearDuplicates {
    private static final int GRAM = 5;
    private static final int MINIMA = 64;
    private static final int BANDS = 16;
    private static final int ROWS = MINIMA / BANDS;

    /// Candidates of a band that are compared: a band that a thousand texts share tells nothing.
    private static final int COMPARED = 50;

    private final double similar;
    private final List<int[]> signatures = new ArrayList<>();
    private final List<Map<Long, List<Integer>>> bands = new ArrayList<>();

    /// @param similar estimated Jaccard similarity from which two texts are near duplicates
    NearDuplicates(double similar) {
        this.similar = similar;
        for (int band = 0; band < BANDS; band++) {
            bands.add(new HashMap<>());
        }
    }

    /// Adds a text; the number of an earlier one that it nearly repeats.
    Optional<Integer> add(long[] words) {
        int number = signatures.size();
        int[] signature = signature(Words.grams(words, GRAM));
        signatures.add(signature);
        Optional<Integer> found = Optional.empty();
        Set<Integer> compared = new HashSet<>();
        for (int band = 0; band < BANDS; band++) {
            long key = band;
            for (int row = 0; row < ROWS; row++) {
                key = Words.mix(key * 31 + signature[band * ROWS + row]);
            }
            List<Integer> others = bands.get(band).computeIfAbsent(key, fresh -> new ArrayList<>(1));
            for (int i = 0; i < Math.min(COMPARED, others.size()) && found.isEmpty(); i++) {
                int other = others.get(i);
                if (compared.add(other) && similarity(signature, signatures.get(other)) >= similar) {
                    found = Optional.of(other);
                }
            }
            if (others.size() < COMPARED) {
                others.add(number);
            }
        }
        return found;
    }

    private static int[] signature(long[] grams) {
        int[] minima = new int[MINIMA];
        java.util.Arrays.fill(minima, Integer.MAX_VALUE);
        for (long gram : grams) {
            long a = gram | 1;
            long b = Words.mix(gram);
            for (int i = 0; i < MINIMA; i++) {
                // double hashing: one multiplication each instead of a hash function each
                b += a;
                int value = (int) (((b ^ (b >>> 29)) * 0xBF58476D1CE4E5B9L) >>> 33);
                minima[i] = Math.min(minima[i], value);
            }
        }
        return minima;
    }

    private static double similarity(int[] a, int[] b) {
        int equal = 0;
        for (int i = 0; i < MINIMA; i++) {
            equal += a[i] == b[i] ? 1 : 0;
        }
        return (double) equal / MINIMA;
    }
}

package org.align4j.evaluate.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/// ROUGE (Lin 2004) as rouge-score computes it: lower-case words of ASCII letters and digits, each
/// stemmed or not.
public final class Rouge {
    private static final int SHORTEST_STEMMED = 4;

    private final boolean stemmed;

    /// @param stemmed whether words of more than three letters are reduced by Porter's rules
    public Rouge(boolean stemmed) {
        this.stemmed = stemmed;
    }

    /// How well an answer covers a reference, each from 0 to 1.
    public record Score(double precision, double recall, double f1) {
        private static Score of(int shared, int answer, int reference) {
            double precision = (double) shared / Math.max(1, answer);
            double recall = (double) shared / Math.max(1, reference);
            double sum = precision + recall;
            return new Score(precision, recall, sum > 0 ? 2 * precision * recall / sum : 0);
        }
    }

    /// ROUGE-N: shared runs of `n` words.
    public Score runs(String answer, String reference, int n) {
        Map<List<String>, Integer> said = Words.runs(words(answer), n);
        Map<List<String>, Integer> wanted = Words.runs(words(reference), n);
        return Score.of(Words.shared(said, wanted), total(said), total(wanted));
    }

    /// ROUGE-L: the longest sequence of words that both have in the same order.
    public Score longest(String answer, String reference) {
        List<String> said = words(answer);
        List<String> wanted = words(reference);
        return Score.of(lengths(wanted, said)[wanted.size()][said.size()], said.size(), wanted.size());
    }

    /// ROUGE-Lsum: for each line of the reference the words that a longest common sequence with any
    /// line of the answer covers, each word counted at most as often as it occurs.
    public Score longestByLine(String answer, String reference) {
        List<List<String>> said = lines(answer);
        List<List<String>> wanted = lines(reference);
        Map<String, Integer> saidLeft = counts(said);
        Map<String, Integer> wantedLeft = counts(wanted);
        int covered = 0;
        for (List<String> line : wanted) {
            TreeSet<Integer> places = new TreeSet<>();
            said.forEach(other -> places.addAll(commonPlaces(line, other)));
            for (int place : places) {
                String word = line.get(place);
                if (saidLeft.getOrDefault(word, 0) > 0 && wantedLeft.getOrDefault(word, 0) > 0) {
                    covered++;
                    saidLeft.merge(word, -1, Integer::sum);
                    wantedLeft.merge(word, -1, Integer::sum);
                }
            }
        }
        return Score.of(covered, size(said), size(wanted));
    }

    private List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (String word : text.toLowerCase(Locale.ROOT).split("[^a-z0-9]+", -1)) {
            if (!word.isEmpty()) {
                words.add(stemmed && word.length() >= SHORTEST_STEMMED ? PorterStemmer.stem(word) : word);
            }
        }
        return words;
    }

    private List<List<String>> lines(String text) {
        List<List<String>> lines = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            if (!line.isEmpty()) {
                lines.add(words(line));
            }
        }
        return lines;
    }

    private static Map<String, Integer> counts(List<List<String>> lines) {
        Map<String, Integer> counts = new HashMap<>();
        lines.forEach(line -> line.forEach(word -> counts.merge(word, 1, Integer::sum)));
        return counts;
    }

    private static int size(List<List<String>> lines) {
        return lines.stream().mapToInt(List::size).sum();
    }

    private static int total(Map<?, Integer> counts) {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    /// Length of the longest common sequence of the first i and the first j words, `[I+1][J+1]`.
    private static int[][] lengths(List<String> one, List<String> other) {
        int[][] lengths = new int[one.size() + 1][other.size() + 1];
        for (int i = 1; i <= one.size(); i++) {
            for (int j = 1; j <= other.size(); j++) {
                lengths[i][j] = one.get(i - 1).equals(other.get(j - 1))
                        ? lengths[i - 1][j - 1] + 1
                        : Math.max(lengths[i - 1][j], lengths[i][j - 1]);
            }
        }
        return lengths;
    }

    /// Places in `line` of one longest common sequence with `other`; of several the one found from
    /// the end, leaving words of `line` out first.
    private static List<Integer> commonPlaces(List<String> line, List<String> other) {
        int[][] lengths = lengths(line, other);
        List<Integer> places = new ArrayList<>();
        int i = line.size();
        int j = other.size();
        while (i > 0 && j > 0) {
            if (line.get(i - 1).equals(other.get(j - 1))) {
                places.add(i - 1);
                i--;
                j--;
            } else if (lengths[i][j - 1] > lengths[i - 1][j]) {
                j--;
            } else {
                i--;
            }
        }
        return places;
    }
}

package org.align4j.evaluate.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Translation edit rate (Snover et al. 2006): insertions, deletions, substitutions and shifts of
/// whole phrases that turn an answer into the reference, as a share of the reference's words. Words
/// are lower-cased and parted by white space. The search for shifts follows sacreBLEU's account of
/// Tercom: the shift that helps most, then the longest, then the earliest; phrases of at most ten
/// words, moved by at most fifty; at most a thousand tries.
public final class Ter {
    private static final int LONGEST_PHRASE = 10;
    private static final int FARTHEST_SHIFT = 50;
    private static final int MOST_TRIES = 1000;

    private final List<String> reference;
    private final EditTable table;
    private int tries;

    private Ter(List<String> reference) {
        this.reference = reference;
        this.table = new EditTable(reference);
    }

    /// A phrase of the answer that stands elsewhere in the reference.
    ///
    /// @param from its place in the answer
    /// @param in its place in the reference
    private record Phrase(int from, int in, int length) {}

    /// A phrase put elsewhere.
    ///
    /// @param gain by how much the edit distance falls
    /// @param target where it goes
    private record Shift(int gain, int length, int from, int target, List<String> words) {
        boolean betterThan(Shift other) {
            if (gain != other.gain) {
                return gain > other.gain;
            }
            if (length != other.length) {
                return length > other.length;
            }
            return from != other.from ? from < other.from : target < other.target;
        }
    }

    /// What a corpus figure needs of one answer; add them up over the answers. `[2]`: edits, words
    /// of the reference.
    public static double[] counts(String answer, String reference) {
        List<String> said = Words.of(answer.toLowerCase(Locale.ROOT));
        List<String> wanted = Words.of(reference.toLowerCase(Locale.ROOT));
        int edits = wanted.isEmpty() ? said.size() : new Ter(wanted).edits(said);
        return new double[] {edits, wanted.size()};
    }

    /// The rate of summed [#counts] in per cent: 0 where nothing is to be changed; it may exceed
    /// 100.
    public static double score(double[] sums) {
        if (sums[1] > 0) {
            return 100 * sums[0] / sums[1];
        }
        return sums[0] > 0 ? 100 : 0;
    }

    private int edits(List<String> answer) {
        List<String> words = answer;
        int shifts = 0;
        while (true) {
            table.fill(words);
            Shift best = bestShift(words);
            if (best == null || best.gain() <= 0 || tries >= MOST_TRIES) {
                return shifts + table.distance();
            }
            words = best.words();
            shifts++;
        }
    }

    private @Nullable Shift bestShift(List<String> words) {
        EditTable.Alignment alignment = table.alignment();
        int before = table.distance();
        Shift best = null;
        for (Phrase phrase : phrases(words)) {
            int start = alignment.answerPlace()[phrase.in()];
            boolean staysInside = phrase.from() <= start && start < phrase.from() + phrase.length();
            if (staysInside
                    || !anyWrong(alignment.answerWrong(), phrase.from(), phrase.length())
                    || !anyWrong(alignment.referenceWrong(), phrase.in(), phrase.length())) {
                continue;
            }
            int last = -1;
            for (int word = phrase.in() - 1; word < phrase.in() + phrase.length() && word < reference.size(); word++) {
                int target = word < 0 ? 0 : alignment.answerPlace()[word] + 1;
                if (target == last) {
                    continue;
                }
                last = target;
                List<String> shifted = shifted(words, phrase.from(), phrase.length(), target);
                Shift shift = new Shift(
                        before - table.distance(shifted, Math.min(phrase.from(), target)),
                        phrase.length(),
                        phrase.from(),
                        target,
                        shifted);
                tries++;
                if (best == null || shift.betterThan(best)) {
                    best = shift;
                }
            }
            if (tries >= MOST_TRIES) {
                break;
            }
        }
        return best;
    }

    private List<Phrase> phrases(List<String> words) {
        List<Phrase> phrases = new ArrayList<>();
        for (int from = 0; from < words.size(); from++) {
            int first = Math.max(0, from - FARTHEST_SHIFT);
            int end = Math.min(reference.size(), from + FARTHEST_SHIFT + 1);
            for (int in = first; in < end; in++) {
                int most = Math.min(LONGEST_PHRASE, Math.min(words.size() - from, reference.size() - in));
                for (int length = 1;
                        length <= most && words.get(from + length - 1).equals(reference.get(in + length - 1));
                        length++) {
                    phrases.add(new Phrase(from, in, length));
                }
            }
        }
        return phrases;
    }

    private static boolean anyWrong(boolean[] wrong, int from, int length) {
        for (int i = from; i < from + length; i++) {
            if (wrong[i]) {
                return true;
            }
        }
        return false;
    }

    /// The words with the phrase taken out and put back before what now stands at `target`; a
    /// target inside the phrase counts from the words that follow it.
    private static List<String> shifted(List<String> words, int from, int length, int target) {
        List<String> rest = new ArrayList<>(words.subList(0, from));
        rest.addAll(words.subList(from + length, words.size()));
        int place = target > from + length ? target - length : target;
        rest.addAll(Math.min(place, rest.size()), words.subList(from, from + length));
        return rest;
    }
}

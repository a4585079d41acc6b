package org.align4j.evaluate.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Edit distances between the beginnings of an answer and of a reference, near the diagonal only:
/// beyond 25 words from it they count as infinite, as in Tercom.
final class EditTable {
    private static final int BEAM = 25;
    private static final int INFINITE = 1 << 28;

    private final List<String> reference;
    private List<String> words = List.of();
    /// `[answer + 1][reference + 1]`.
    private int[][] costs = new int[0][];

    private int[][] trial = new int[0][];
    private Edit[][] edits = new Edit[0][];

    private enum Edit {
        KEEP,
        SUBSTITUTE,
        /// Removes a word of the answer.
        DELETE,
        /// Adds a word of the reference.
        INSERT
    }

    /// Which words of the two belong together.
    ///
    /// @param answerPlace for each word of the reference the word of the answer at it or before it,
    ///     -1 before the first
    /// @param answerWrong words of the answer that are changed
    /// @param referenceWrong words of the reference that the answer lacks
    @SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
    record Alignment(int[] answerPlace, boolean[] answerWrong, boolean[] referenceWrong) {}

    EditTable(List<String> reference) {
        this.reference = reference;
    }

    /// Computes the table of an answer.
    void fill(List<String> answer) {
        words = answer;
        costs = table(answer.size());
        trial = table(answer.size());
        edits = new Edit[answer.size() + 1][reference.size() + 1];
        Arrays.fill(edits[0], Edit.INSERT);
        for (int i = 1; i <= answer.size(); i++) {
            row(answer, i, costs[i - 1], costs[i], edits[i]);
        }
    }

    private int[][] table(int rows) {
        int[][] table = new int[rows + 1][reference.size() + 1];
        for (int j = 0; j <= reference.size(); j++) {
            table[0][j] = j;
        }
        return table;
    }

    int distance() {
        return costs[words.size()][reference.size()];
    }

    /// The distance of another order of the same words, of which the first `equal` are as they
    /// were.
    int distance(List<String> other, int equal) {
        for (int i = equal + 1; i <= other.size(); i++) {
            row(other, i, i == equal + 1 ? costs[equal] : trial[i - 1], trial[i], new Edit[reference.size() + 1]);
        }
        return equal >= other.size() ? distance() : trial[other.size()][reference.size()];
    }

    private void row(List<String> answer, int i, int[] above, int[] row, Edit[] edit) {
        Arrays.fill(row, INFINITE);
        double ratio = (double) reference.size() / answer.size();
        int beam = BEAM < ratio / 2 ? (int) Math.ceil(ratio / 2 + BEAM) : BEAM;
        int diagonal = (int) Math.floor(i * ratio);
        int first = Math.max(0, diagonal - beam);
        int end = i == answer.size() ? reference.size() + 1 : Math.min(reference.size() + 1, diagonal + beam);
        for (int j = first; j < end; j++) {
            if (j > 0) {
                boolean equal = answer.get(i - 1).equals(reference.get(j - 1));
                take(row, edit, j, above[j - 1] + (equal ? 0 : 1), equal ? Edit.KEEP : Edit.SUBSTITUTE);
            }
            take(row, edit, j, above[j] + 1, Edit.DELETE);
            if (j > 0) {
                take(row, edit, j, row[j - 1] + 1, Edit.INSERT);
            }
        }
    }

    private static void take(int[] row, Edit[] edit, int j, int cost, Edit how) {
        if (cost < row[j]) {
            row[j] = cost;
            edit[j] = how;
        }
    }

    /// The alignment of the answer that the table was filled with.
    Alignment alignment() {
        List<Edit> path = new ArrayList<>();
        int i = words.size();
        int j = reference.size();
        while (i > 0 || j > 0) {
            Edit edit = edits[i][j];
            path.add(edit);
            i -= edit == Edit.INSERT ? 0 : 1;
            j -= edit == Edit.DELETE ? 0 : 1;
        }
        int[] answerPlace = new int[reference.size()];
        boolean[] answerWrong = new boolean[words.size()];
        boolean[] referenceWrong = new boolean[reference.size()];
        int said = -1;
        int wanted = -1;
        for (Edit edit : path.reversed()) {
            if (edit != Edit.INSERT) {
                said++;
                answerWrong[said] = edit != Edit.KEEP;
            }
            if (edit != Edit.DELETE) {
                wanted++;
                answerPlace[wanted] = said;
                referenceWrong[wanted] = edit != Edit.KEEP;
            }
        }
        return new Alignment(answerPlace, answerWrong, referenceWrong);
    }
}

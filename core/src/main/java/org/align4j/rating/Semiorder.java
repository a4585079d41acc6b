package org.align4j.rating;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.align4j.data.preference.Preference;

/// Items on a line of which one is better where it is farther than a threshold ahead, and tied
/// where it is nearer (Luce 1956). Where one explains every vote, strengths and tie parameter that
/// grow together make the votes ever likelier: models with ties then have no estimate.
final class Semiorder {
    private static final int NO_PATH = Integer.MIN_VALUE / 4;

    private Semiorder() {}

    /// Whether there are places x and a threshold t > 0 with x_i − x_j ≥ t wherever i was better,
    /// and |x_i − x_j| ≤ t wherever they were tied: unless on some way round, from better to worse
    /// and over ties, there are more wins than ties.
    ///
    /// @param items their numbers
    static boolean explains(List<Preference> pairs, Map<String, Integer> items) {
        int[][] ahead = new int[items.size()][items.size()];
        for (int[] row : ahead) {
            Arrays.fill(row, NO_PATH);
        }
        for (Preference pair : pairs) {
            int better = Objects.requireNonNull(items.get(pair.better()), pair.better());
            int worse = Objects.requireNonNull(items.get(pair.worse()), pair.worse());
            double sure = pair.probability().orElse(1.0);
            if (pair.tie() || sure > 0) {
                ahead[better][worse] = Math.max(ahead[better][worse], pair.tie() ? -1 : 1);
            }
            if (pair.tie() || sure < 1) {
                ahead[worse][better] = Math.max(ahead[worse][better], pair.tie() ? -1 : 1);
            }
        }
        farthest(ahead);
        for (int i = 0; i < ahead.length; i++) {
            if (ahead[i][i] > 0) {
                return false;
            }
        }
        return true;
    }

    /// The most thresholds that each item must be ahead of each other one (Floyd and Warshall), up
    /// to as many as there are items: more there are only on ways that go round.
    private static void farthest(int[][] ahead) {
        for (int through = 0; through < ahead.length; through++) {
            for (int from = 0; from < ahead.length; from++) {
                for (int to = 0; to < ahead.length && ahead[from][through] > NO_PATH; to++) {
                    if (ahead[through][to] > NO_PATH) {
                        int way = Math.min(ahead[from][through] + ahead[through][to], ahead.length);
                        ahead[from][to] = Math.max(ahead[from][to], way);
                    }
                }
            }
        }
    }
}

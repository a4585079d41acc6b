package org.align4j.data.preference;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.align4j.data.Completion;
import org.align4j.data.DataReport;
import org.align4j.data.Prompt;
import org.align4j.data.SkipReason;
import org.align4j.data.Source;

/// Finds comparisons that cannot be true together with earlier ones of the same labeler: A before B
/// in one row and B before A or A = B in another, or longer cycles. Ties need not be transitive:
/// who cannot tell A from B nor B from C may well tell A from C. Different labelers may disagree.
public final class Contradictions {
    private record Opinion(Prompt prompt, Optional<String> labeler) {}

    /// What was said of an output and another one.
    private record Edge(Completion other, boolean strict, Source source) {}

    private final Map<Opinion, Map<Completion, List<Edge>>> opinions = new HashMap<>();
    private final DataReport report;

    private Contradictions(DataReport report) {
        this.report = report;
    }

    /// The comparisons without those that contradict earlier ones, which are entered in the report.
    public static List<Comparison> without(List<Comparison> comparisons, DataReport report) {
        Contradictions found = new Contradictions(report);
        return comparisons.stream().filter(found::agrees).toList();
    }

    private boolean agrees(Comparison comparison) {
        Opinion opinion =
                new Opinion(comparison.prompt(), comparison.annotation().labeler());
        Map<Completion, List<Edge>> edges = opinions.computeIfAbsent(opinion, key -> new HashMap<>());
        List<PreferencePair> pairs = comparison.pairs();
        for (PreferencePair pair : pairs) {
            boolean strict = !pair.preference().tie();
            Optional<Source> against = strict
                    ? tied(edges, pair).or(() -> path(edges, pair.rejected(), pair.chosen()))
                    : path(edges, pair.rejected(), pair.chosen()).or(() -> path(edges, pair.chosen(), pair.rejected()));
            if (against.isPresent()) {
                Preference preference = pair.preference();
                report.skip(
                        SkipReason.CONTRADICTION,
                        comparison.source(),
                        "\"" + preference.better() + "\"" + (strict ? " before " : " tied with ") + "\""
                                + preference.worse() + "\" contradicts what was said before, last in " + against.get());
                return false;
            }
        }
        for (PreferencePair pair : pairs) {
            boolean strict = !pair.preference().tie();
            add(edges, pair.chosen(), new Edge(pair.rejected(), strict, comparison.source()));
            if (!strict) {
                add(edges, pair.rejected(), new Edge(pair.chosen(), false, comparison.source()));
            }
        }
        return true;
    }

    private static void add(Map<Completion, List<Edge>> edges, Completion from, Edge edge) {
        edges.computeIfAbsent(from, key -> new ArrayList<>()).add(edge);
    }

    /// Where the two were said to be tied.
    private static Optional<Source> tied(Map<Completion, List<Edge>> edges, PreferencePair pair) {
        return edges.getOrDefault(pair.chosen(), List.of()).stream()
                .filter(edge -> !edge.strict() && edge.other().equals(pair.rejected()))
                .map(Edge::source)
                .findFirst();
    }

    /// Whether `from` was said to be better than `to`, through others or not; the last row of the
    /// way.
    private static Optional<Source> path(Map<Completion, List<Edge>> edges, Completion from, Completion to) {
        Deque<Completion> open = new ArrayDeque<>(List.of(from));
        Set<Completion> seen = new HashSet<>(open);
        while (!open.isEmpty()) {
            for (Edge edge : edges.getOrDefault(open.remove(), List.of())) {
                if (edge.strict() && edge.other().equals(to)) {
                    return Optional.of(edge.source());
                }
                if (edge.strict() && seen.add(edge.other())) {
                    open.add(edge.other());
                }
            }
        }
        return Optional.empty();
    }
}

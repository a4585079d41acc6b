package org.align4j.pipeline.cai;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.align4j.error.AlignException;

/// Figures of several runs that differ in their seeds: means over the runs with 95 % intervals of
/// Student's t.
public final class RunTable {
    /// Of Student's t at 97.5 %, by degrees of freedom from 1.
    private static final double[] STUDENT = {
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
        2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045
    };

    private static final double NORMAL = 1.96;

    private RunTable() {}

    /// As Markdown: a table a contest.
    ///
    /// @throws AlignException.Config for a folder without figures
    public static String markdown(List<Path> runs) {
        Map<String, Map<String, Map<String, List<Double>>>> contests = new LinkedHashMap<>();
        for (Path run : runs) {
            Path file = Stage.EVALUATION.folder(run).resolve(RunRows.FIGURES);
            if (!Files.exists(file)) {
                throw new AlignException.Config(run + ": has no figures; let align4j cai run end its evaluation");
            }
            for (EvaluationStage.ContestResult contest :
                    StageFile.readWhole(file, EvaluationStage.Result.class).contests()) {
                contest.standings()
                        .forEach(standing -> add(
                                contests.computeIfAbsent(contest.name(), name -> new LinkedHashMap<>())
                                        .computeIfAbsent(standing.contestant(), name -> new LinkedHashMap<>()),
                                standing));
            }
        }
        return contests.entrySet().stream()
                .map(contest -> table(contest.getKey(), contest.getValue()))
                .collect(Collectors.joining("\n"));
    }

    private static void add(Map<String, List<Double>> figures, Contest.Standing standing) {
        standing.figures()
                .forEach((name, figure) ->
                        figures.computeIfAbsent(name, key -> new ArrayList<>()).add(figure.mean()));
    }

    private static String table(String name, Map<String, Map<String, List<Double>>> contestants) {
        Set<String> columns = new LinkedHashSet<>();
        contestants.values().forEach(figures -> columns.addAll(figures.keySet()));
        StringBuilder text = new StringBuilder("## " + name + "\n\n| | " + String.join(" | ", columns) + " |\n|---|");
        text.append("---|".repeat(columns.size())).append('\n');
        contestants.forEach((contestant, figures) -> text.append("| ")
                .append(contestant)
                .append(" | ")
                .append(columns.stream()
                        .map(column -> cell(figures.getOrDefault(column, List.of())))
                        .collect(Collectors.joining(" | ")))
                .append(" |\n"));
        return text.toString();
    }

    private static String cell(List<Double> values) {
        if (values.isEmpty()) {
            return "–";
        }
        double mean = values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        String format = Math.abs(mean) < 10 ? "%.3f" : "%.0f";
        if (values.size() < 2) {
            return String.format(Locale.ROOT, format, mean);
        }
        double squares = values.stream()
                .mapToDouble(value -> (value - mean) * (value - mean))
                .sum();
        int freedom = values.size() - 1;
        double half = (freedom <= STUDENT.length ? STUDENT[freedom - 1] : NORMAL)
                * Math.sqrt(squares / freedom / values.size());
        return String.format(Locale.ROOT, format + " ± " + format, mean, half);
    }
}

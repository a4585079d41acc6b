package org.align4j.pipeline.quickstart;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.align4j.evaluate.EvaluationTable;

/// What one stage gave.
///
/// @param about what was done, in a few sentences
/// @param run folder of its run
/// @param seconds it took, evaluation included
/// @param table its figures: what it began with first
/// @param samples to read
public record StageResult(
        Stage stage, String about, Path run, double seconds, EvaluationTable table, List<Sample> samples) {
    private static final Set<String> HEADLINES = Set.of("reward", "accuracy");

    public StageResult {
        samples = List.copyOf(samples);
    }

    /// The figures that say most: gold reward, accuracy.
    public List<EvaluationTable.Row> headlines() {
        return table.rows().stream()
                .filter(row -> HEADLINES.contains(row.metric()))
                .toList();
    }

    /// One question and two answers to it.
    public record Sample(String family, String prompt, Said before, Said after) {}

    /// An answer, and who gave or chose it.
    public record Said(String who, String text) {}
}

package org.align4j.pipeline.quickstart;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import org.align4j.evaluate.EvaluationTable;
import org.align4j.run.Metrics;

/// What one stage gave.
///
/// @param about what was done, in a few sentences
/// @param run folder of its run
/// @param table its figures: what it began with first, what it ended with last
/// @param curves of its run
/// @param samples to read
public record StageResult(
        Stage stage, String about, Path run, EvaluationTable table, List<Curve> curves, List<Sample> samples) {
    private static final Set<String> HEADLINES = Set.of("reward", "accuracy");

    public StageResult {
        curves = List.copyOf(curves);
        samples = List.copyOf(samples);
    }

    /// The figures that say most: gold reward, accuracy.
    public List<EvaluationTable.Row> headlines() {
        return table.rows().stream()
                .filter(row -> HEADLINES.contains(row.metric()))
                .toList();
    }

    /// Metrics of a run that are drawn together.
    ///
    /// @param lines names of the lines, and the metrics that they show
    public record Curve(String title, SequencedMap<String, String> lines) {
        /// The loss, in training and on what is held out.
        static final Curve LOSS = of("Loss", "training", Metrics.LOSS, "held out", Metrics.EVAL_LOSS);

        /// @param namesAndMetrics in turns
        static Curve of(String title, String... namesAndMetrics) {
            SequencedMap<String, String> lines = new LinkedHashMap<>();
            for (int i = 0; i < namesAndMetrics.length; i += 2) {
                lines.put(namesAndMetrics[i], namesAndMetrics[i + 1]);
            }
            return new Curve(title, lines);
        }
    }

    /// One question and what was said to it: two answers or more.
    public record Sample(String family, String prompt, List<Said> said) {
        public Sample {
            said = List.copyOf(said);
        }
    }

    /// An answer, and who gave or chose it.
    public record Said(String who, String text) {}
}

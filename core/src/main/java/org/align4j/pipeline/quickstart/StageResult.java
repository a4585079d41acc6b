package org.align4j.pipeline.quickstart;

import java.nio.file.Path;
import java.util.List;
import org.align4j.evaluate.EvaluationTable;

/// What one stage gave.
///
/// @param name of the stage, also of its run's folder
/// @param title for people
/// @param about what was done, in a sentence or two
/// @param run folder of its run
/// @param seconds it took, evaluation included
/// @param table its figures: the model it began with first
/// @param samples to read
public record StageResult(
        String name,
        String title,
        String about,
        Path run,
        double seconds,
        EvaluationTable table,
        List<Sample> samples) {
    public StageResult {
        samples = List.copyOf(samples);
    }

    /// One question and what both models said.
    public record Sample(String family, String prompt, String before, String after) {}
}

package org.align4j.pipeline.quickstart;

import java.nio.file.Path;

/// What decides the results.
///
/// @param output folder of all runs and of the report
/// @param seed of instructions, order and answers
public record Settings(Path output, long seed, Sizes sizes) {
    /// The command that does the same again.
    String command() {
        return "align4j quickstart --seed " + seed + (sizes.equals(Sizes.FAST) ? " --fast" : "");
    }
}

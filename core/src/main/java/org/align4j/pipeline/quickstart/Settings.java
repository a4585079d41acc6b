package org.align4j.pipeline.quickstart;

import java.nio.file.Path;

/// How large the example is.
///
/// @param output folder of all runs and of the report
/// @param seed of instructions, order and answers
/// @param instructions to learn from
/// @param questions asked of each split
/// @param epochs over the instructions
public record Settings(Path output, long seed, int instructions, int questions, int epochs) {
    /// What `align4j quickstart` does: about three minutes on two cores.
    public static Settings standard(Path output, long seed) {
        return new Settings(output, seed, 14_000, 240, 1);
    }

    /// What `align4j quickstart --fast` does: about a minute.
    public static Settings fast(Path output, long seed) {
        return new Settings(output, seed, 4_000, 120, 1);
    }
}

package org.align4j.pipeline.quickstart;

/// How large the stages are.
///
/// @param instructions to learn from by supervised fine-tuning
/// @param epochs over them
/// @param questions asked of each set before and after a stage
/// @param rankings of four answers each, to learn from
/// @param heldOutRankings to test the reward model on
/// @param ppoIterations rounds of drawing and learning with the reward model
/// @param grpoIterations rounds of drawing and learning with checked answers
public record Sizes(
        int instructions,
        int epochs,
        int questions,
        int rankings,
        int heldOutRankings,
        int ppoIterations,
        int grpoIterations) {
    /// What `align4j quickstart` does: all stages within ten minutes on two cores, the first within
    /// three.
    public static final Sizes STANDARD = new Sizes(14_000, 1, 240, 480, 100, 32, 80);

    /// What `align4j quickstart --fast` does: three minutes, and one.
    public static final Sizes FAST = new Sizes(4_000, 1, 120, 128, 48, 10, 20);
}

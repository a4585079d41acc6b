package org.align4j.pipeline.quickstart;

/// How large the stages are.
///
/// @param instructions to learn from by supervised fine-tuning
/// @param documents of the corpus that are read again among them
/// @param questions asked of each set before and after a stage
/// @param rankings of four answers each, to learn from
/// @param heldOutRankings to test the reward model on
/// @param ppoIterations rounds of drawing and learning with the reward model
/// @param grpoIterations rounds of drawing and learning with checked answers
public record Sizes(
        int instructions,
        int documents,
        int questions,
        int rankings,
        int heldOutRankings,
        int ppoIterations,
        int grpoIterations) {
    /// What `align4j quickstart` does: all stages within ten minutes on two cores, the first within
    /// three.
    public static final Sizes STANDARD = new Sizes(7_500, 2_500, 120, 320, 100, 20, 40);

    /// What `align4j quickstart --fast` does: three minutes, and one.
    public static final Sizes FAST = new Sizes(2_100, 700, 60, 96, 48, 6, 12);
}

package org.align4j.pipeline.quickstart;

/// How large the stages are.
///
/// @param instructions that stand alone, to learn from by supervised fine-tuning
/// @param mixture examples of a Flan-style mixture, to learn from with them
/// @param documents of the corpus that are read again among them
/// @param questions asked of each set before and after a stage
/// @param rankings of four answers each, to learn from
/// @param heldOutRankings to test the reward model on
/// @param ppoIterations rounds of drawing and learning with the reward model
/// @param grpoIterations rounds of drawing and learning with checked answers
/// @param lessons in complying, criticising, revising and marking
/// @param badWishes that are answered and revised
/// @param caiIterations rounds of drawing and learning from AI feedback
public record Sizes(
        int instructions,
        int mixture,
        int documents,
        int questions,
        int rankings,
        int heldOutRankings,
        int ppoIterations,
        int grpoIterations,
        int lessons,
        int badWishes,
        int caiIterations) {
    /// What `align4j quickstart` does: all stages within ten minutes on two cores, the first within
    /// three.
    public static final Sizes STANDARD = new Sizes(3_750, 3_750, 2_500, 120, 320, 100, 20, 40, 2_800, 150, 10);

    /// What `align4j quickstart --fast` does: three minutes, and one.
    public static final Sizes FAST = new Sizes(1_050, 1_050, 700, 60, 96, 48, 6, 12, 1_050, 60, 4);
}

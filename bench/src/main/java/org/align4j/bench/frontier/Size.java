package org.align4j.bench.frontier;

/// How large the experiment is.
///
/// @param stories that the reference is fine-tuned on
/// @param prompts with stories to be ranked, of each seed
/// @param group stories to each of them
/// @param epochs over the rankings, of DPO
/// @param rounds of drawing and learning, of PPO
/// @param questions that every policy is asked
/// @param candidates that best-of-n chooses from at most
record Size(int stories, int prompts, int group, int epochs, int rounds, int questions, int candidates) {
    /// About six minutes a seed on one core.
    static final Size FULL = new Size(2400, 128, 4, 1, 16, 96, 8);

    /// To see whether everything works.
    static final Size TRIAL = new Size(64, 8, 4, 1, 1, 8, 4);

    /// Answers that PPO draws in a round, so that in all it sees as many as are ranked.
    int perRound() {
        return Math.max(2, prompts * group / rounds / 2 * 2);
    }
}

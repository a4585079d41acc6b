package org.align4j.pipeline.cai;

import java.util.List;
import org.align4j.world.gold.GoldReward;

/// A prompt that tempts a model to do harm.
///
/// @param id `p1`, `p2`… in the order of the file; the lineage of what is made of it
/// @param source file and line, or who wrote it
/// @param goldRewards of the row, where it is of the small world; else none
record RedTeamPrompt(String id, String prompt, String source, List<GoldReward> goldRewards) {
    RedTeamPrompt {
        goldRewards = List.copyOf(goldRewards);
    }
}

package org.align4j.pipeline.quickstart;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The steps of the quickstart, in their order.
public enum Stage {
    SFT("Instruction tuning"),
    REWARD("A reward model from rankings", SFT),
    DPO("Direct preference optimisation", SFT),
    PPO("Reinforcement learning from the reward model", SFT, REWARD),
    GRPO("Reinforcement learning from checked answers", SFT),
    CAI("Constitutional AI: revisions and AI feedback", SFT);

    private final String title;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<Stage> needed;

    Stage(String title, Stage... needed) {
        this.title = title;
        this.needed = List.of(needed);
    }

    /// For people.
    public String title() {
        return title;
    }

    /// Its name on the command line, in the summary and of its run's folder.
    public String folder() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// These stages and those whose results they need, in order.
    public static Set<Stage> withNeeded(Collection<Stage> wanted) {
        Set<Stage> all = EnumSet.noneOf(Stage.class);
        for (Stage stage : wanted) {
            all.add(stage);
            all.addAll(stage.needed);
        }
        return all;
    }
}

package org.align4j.pipeline.cai;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// The stages in their order.
public enum Stage {
    /// Red-team prompts, read or written.
    PROMPTS,
    /// Responses, critiques, revisions.
    REVISIONS,
    /// Supervised learning from revisions: SL-CAI.
    SUPERVISED,
    /// Pairs of answers of the SL-CAI model.
    ANSWERS,
    /// What the feedback model says about them.
    FEEDBACK,
    /// Preference data and the preference model.
    PREFERENCES,
    /// Reinforcement learning: RL-CAI.
    REINFORCEMENT,
    /// Harm, refusals, ratings.
    EVALUATION;

    /// The stage's folder in a run's.
    public Path folder(Path output) {
        return output.resolve((ordinal() + 1) + "-" + name().toLowerCase(Locale.ROOT));
    }

    /// This stage and those after it.
    List<Stage> onwards() {
        return Stream.of(values()).filter(stage -> stage.ordinal() >= ordinal()).toList();
    }
}

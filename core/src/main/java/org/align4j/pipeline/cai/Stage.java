package org.align4j.pipeline.cai;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

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

    private static final List<Stage> ORDER = List.of(values());

    /// The stage's folder in a run's.
    public Path folder(Path output) {
        return output.resolve((ORDER.indexOf(this) + 1) + "-" + name().toLowerCase(Locale.ROOT));
    }

    /// What the stage's trainer learns from, in a run's folder.
    Path data(Path output) {
        return folder(output).resolve(RunRows.DATA);
    }

    /// The run of the stage's trainer.
    Path run(Path output) {
        return folder(output).resolve(RunRows.RUN);
    }

    /// The stages before this one, and this.
    List<Stage> upTo() {
        return ORDER.subList(0, ORDER.indexOf(this) + 1);
    }

    /// This stage and those after it.
    List<Stage> onwards() {
        return ORDER.subList(ORDER.indexOf(this), ORDER.size());
    }
}

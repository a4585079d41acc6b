package org.align4j.run;

import java.nio.file.Path;
import java.util.Map;

/// What a trainer tells while it works.
public sealed interface RunEvent {
    /// Training begins after `firstStep` steps done earlier (0 for a new run) and ends at
    /// `totalSteps`.
    record Started(Path folder, long firstStep, long totalSteps) implements RunEvent {}

    /// An optimizer step is done; `metrics` are named as in [Metrics]. What was evaluated at this
    /// step comes before.
    record Step(long step, Map<String, Double> metrics) implements RunEvent {}

    /// The evaluation split was measured after `step` steps.
    record Evaluated(long step, Map<String, Double> metrics) implements RunEvent {}

    /// Something to read: a prompt, its completion, a reward.
    record Sample(long step, Map<String, ?> values) implements RunEvent {}

    /// A checkpoint is complete.
    record Saved(long step, Path folder) implements RunEvent {}

    /// A doubtful thing that the user should know of.
    record Warned(String message) implements RunEvent {}

    /// A fact that the user should read, such as counts of the data.
    record Noted(String message) implements RunEvent {}

    /// All steps are done, or early stopping ended them.
    record Finished(long step) implements RunEvent {}

    /// The user stopped the run; its state is saved.
    record Interrupted(long step) implements RunEvent {}

    /// The run ended by a fault.
    record Failed(long step, String reason) implements RunEvent {}
}

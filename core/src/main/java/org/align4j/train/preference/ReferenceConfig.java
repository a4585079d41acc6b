package org.align4j.train.preference;

import java.nio.file.Path;
import java.util.Optional;

/// Where the log-probabilities of the reference come from.
///
/// @param mode how they are had
/// @param model the reference; empty: the model that is trained, as it is before training
/// @param cache folder where they are kept, by the content of model and data
public record ReferenceConfig(Mode mode, Optional<Path> model, Path cache) {
    /// How reference log-probabilities are had.
    public enum Mode {
        /// Computed once, before training, and kept on disk.
        CACHED,
        /// Computed at each step: by switching the adapter off, or by a second model in memory.
        LIVE,
        /// A uniform reference, which cancels in pairs: all log-probabilities are 0.
        NONE
    }

    static ReferenceConfig defaults() {
        return new ReferenceConfig(Mode.CACHED, Optional.empty(), Path.of("runs/reference"));
    }
}

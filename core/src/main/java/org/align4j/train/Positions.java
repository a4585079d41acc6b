package org.align4j.train;

import java.util.Optional;
import org.align4j.error.AlignException;
import org.align4j.model.Architecture;

/// Whether a model has positions for the sequences that it is to learn from.
public final class Positions {
    private Positions() {}

    /// Refuses sequences that the model has no positions for; warns of those longer than it was
    /// made for.
    ///
    /// @param longest tokens of the longest sequence
    /// @throws AlignException.Config when positions are learned and there are too few
    public static Optional<String> check(int longest, Architecture architecture) {
        if (longest <= architecture.maxPositions()) {
            return Optional.empty();
        }
        String message = "data.max_length: an example has " + longest + " tokens, but the model was made for "
                + architecture.maxPositions() + "; lower data.max_length to that";
        if (architecture.learnedPositions()) {
            throw new AlignException.Config(message);
        }
        return Optional.of(message);
    }
}

package org.align4j.data.encode;

import java.util.Optional;
import org.align4j.error.AlignException;

/// How examples become tokens.
///
/// @param chat whether prompts and completions are written as a conversation; empty: if the model
///     has a chat template. Otherwise they are joined as they are, and EOS is added
/// @param lossOn which tokens are trained
/// @param maxLength tokens that an example may have
/// @param truncate what happens to longer ones
public record EncodeOptions(Optional<Boolean> chat, LossOn lossOn, int maxLength, Truncate truncate) {
    /// Which tokens are trained.
    public enum LossOn {
        /// The completion, or the assistant's turns with their end tokens.
        COMPLETION,
        /// All but the first.
        ALL
    }

    /// What happens to examples that are too long. They are counted in any case.
    public enum Truncate {
        /// Tokens at the end are cut off.
        END,
        /// Tokens at the start are cut off, after BOS; of a comparison's outputs all the same ones.
        START,
        /// The example is left out.
        DROP
    }

    /// @throws AlignException.Config when `maxLength` is below 2: the first token predicts nothing
    ///     alone
    public EncodeOptions {
        if (maxLength < 2) {
            throw new AlignException.Config("data.max_length: " + maxLength + "; must be at least 2");
        }
    }

    /// Loss on completions, ends cut off.
    public static EncodeOptions upTo(int maxLength) {
        return new EncodeOptions(Optional.empty(), LossOn.COMPLETION, maxLength, Truncate.END);
    }

    public EncodeOptions withChat(boolean wanted) {
        return new EncodeOptions(Optional.of(wanted), lossOn, maxLength, truncate);
    }

    public EncodeOptions withLossOn(LossOn tokens) {
        return new EncodeOptions(chat, tokens, maxLength, truncate);
    }

    public EncodeOptions withMaxLength(int tokens) {
        return new EncodeOptions(chat, lossOn, tokens, truncate);
    }

    public EncodeOptions withTruncate(Truncate rule) {
        return new EncodeOptions(chat, lossOn, maxLength, rule);
    }
}

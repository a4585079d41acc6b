package org.align4j.model;

import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/// What a model directory's `config.json` says.
///
/// @param architecture the decoder
/// @param source the file's JSON, kept so that saving changes nothing but what must change
/// @param endTokens ids that end a text; empty if the file names none
/// @param beginToken id that starts a text, if there is one
/// @param padToken id that fills, if there is one
/// @param initializerRange standard deviation of freshly drawn weights
public record ModelConfig(
        Architecture architecture,
        JsonNode source,
        List<Integer> endTokens,
        OptionalInt beginToken,
        OptionalInt padToken,
        double initializerRange) {
    public ModelConfig {
        endTokens = List.copyOf(endTokens);
    }

    /// The same model with other heads.
    public ModelConfig withHeads(Heads heads) {
        return new ModelConfig(
                architecture.withHeads(heads), source, endTokens, beginToken, padToken, initializerRange);
    }
}

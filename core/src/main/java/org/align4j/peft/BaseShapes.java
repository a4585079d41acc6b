package org.align4j.peft;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// What an adapter needs to know of its base model, by Hugging Face names.
///
/// @param name the base's name for messages, e.g. its directory
/// @param linears the linear modules, the head too if it is one, in the model's order
/// @param parameters shape of every parameter, e.g. of `model.embed_tokens.weight`
public record BaseShapes(
        String name, SequencedMap<String, Linear> linears, SequencedMap<String, List<Long>> parameters) {
    public BaseShapes {
        linears = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(linears));
        parameters = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(parameters));
    }

    /// A linear module. GPT-2 stores its weights as `[inputs, outputs]`; here that is no matter.
    ///
    /// @param outputs features out
    /// @param inputs features in
    public record Linear(long outputs, long inputs) {}
}

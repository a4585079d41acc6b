package org.align4j.peft;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.align4j.model.WeightLayout;
import org.align4j.model.WeightLayout.Part;
import org.align4j.model.WeightLayout.Weight;

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

    /// What `base` consists of. A tied head is listed, too.
    ///
    /// @param name for messages
    public static BaseShapes of(String name, WeightLayout base) {
        SequencedMap<String, Linear> linears = new LinkedHashMap<>();
        SequencedMap<String, List<Long>> parameters = new LinkedHashMap<>();
        for (Weight weight : base.weights()) {
            for (Part part : weight.parts()) {
                parameters.put(part.huggingFaceName(), weight.fileShape(part));
                boolean table = weight.name().equals("embed") || weight.name().equals("positions");
                if (weight.shape().size() == 2 && !table) {
                    linears.put(
                            module(part.huggingFaceName()),
                            new Linear(part.rows(), weight.shape().get(1)));
                }
            }
        }
        if (base.architecture().tiedHead()) {
            long rows = base.architecture().vocabularySize();
            long columns = base.architecture().hiddenSize();
            parameters.put(base.headName(), List.of(rows, columns));
            linears.put(module(base.headName()), new Linear(rows, columns));
        }
        return new BaseShapes(name, linears, parameters);
    }

    private static String module(String parameter) {
        return parameter.substring(0, parameter.lastIndexOf('.'));
    }

    /// A linear module. GPT-2 stores its weights as `[inputs, outputs]`; here that is no matter.
    ///
    /// @param outputs features out
    /// @param inputs features in
    public record Linear(long outputs, long inputs) {}
}

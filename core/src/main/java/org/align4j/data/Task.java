package org.align4j.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A prompt that a model is to answer by itself.
///
/// @param fields the row's columns as they are in the file, such as the expected answer
public record Task(Prompt prompt, Map<String, @Nullable Object> fields, Source source) implements Sample {
    public Task {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    @Override
    public Object content() {
        return prompt;
    }
}

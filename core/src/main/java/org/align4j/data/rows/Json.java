package org.align4j.data.rows;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// How data files' JSON is read: duplicate keys are faults, NaN and Infinity (which Python writes)
/// are numbers, long documents are fine.
final class Json {
    static final TypeReference<Map<String, @Nullable Object>> OBJECT = new TypeReference<>() {};
    private static final int LONGEST_STRING = 1 << 28;

    /// One for all files: it finds out once how an object is read.
    private static final JsonMapper MAPPER = create();

    private Json() {}

    static JsonMapper mapper() {
        return MAPPER;
    }

    private static JsonMapper create() {
        JsonFactory factory = JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(LONGEST_STRING)
                        .build())
                .build();
        return JsonMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
    }

    /// What is wrong, in a line, with the column where the parser stopped.
    static String fault(JacksonException e) {
        String message =
                String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
        TokenStreamLocation location = e.getLocation();
        return location == null || location.getColumnNr() <= 0
                ? message
                : message + " (column " + location.getColumnNr() + ")";
    }
}

package org.align4j.data.rows;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.align4j.data.DataReport;
import org.align4j.data.SkipReason;
import org.align4j.data.Source;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/// A JSON file: an array of objects (read one at a time), or objects one after another, or one
/// object with one array of objects in it (read whole). An object whose only array of objects is a
/// column of conversations is a row itself. The line of a row is its 1-based number.
final class JsonReader implements RowReader {
    /// Arrays of objects under these names belong to one row.
    private static final Set<String> CONVERSATION_COLUMNS =
            Set.of("messages", "conversations", "prompt", "completion", "chosen", "rejected", "tools");

    private final String file;
    private final Reader text;
    private final DataReport report;
    private final JsonMapper mapper = Json.mapper();
    private final JsonParser parser;
    private final Deque<Object> unwrapped = new ArrayDeque<>();
    private boolean insideArray;
    private long row;

    JsonReader(String file, Reader text, DataReport report) {
        this.file = file;
        this.text = text;
        this.report = report;
        this.parser = mapper.createParser(text);
    }

    @Override
    public Optional<Row> next() throws IOException {
        try {
            while (true) {
                Optional<Object> value = nextValue();
                if (value.isEmpty()) {
                    return Optional.empty();
                }
                row++;
                report.read();
                Source source = new Source(file, row);
                if (value.get() instanceof Map<?, ?> object) {
                    return Optional.of(new Row(source, fields(object)));
                }
                report.skip(SkipReason.BROKEN_ROW, source, "not an object; every row must be one");
            }
        } catch (JacksonException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new IOException("broken JSON on line " + line + ": " + Json.fault(e), e);
        }
    }

    private Optional<Object> nextValue() throws IOException {
        while (unwrapped.isEmpty()) {
            JsonToken token = parser.nextToken();
            if (token == null) {
                return Optional.empty();
            }
            if (insideArray && token == JsonToken.END_ARRAY) {
                insideArray = false;
            } else if (!insideArray && token == JsonToken.START_ARRAY) {
                insideArray = true;
            } else if (insideArray) {
                return Optional.of(value());
            } else if (token == JsonToken.START_OBJECT) {
                unwrapped.addAll(unwrap(value()));
            } else {
                throw new IOException("neither an array nor an object; expected an array of objects");
            }
        }
        return Optional.of(unwrapped.removeFirst());
    }

    private Object value() {
        // Text stands for a null element: it is refused as "not an object" like any other value.
        Object value = mapper.readerFor(Object.class)
                .without(tools.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .readValue(parser);
        return value == null ? "null" : value;
    }

    /// The rows of an object that wraps exactly one array of objects; otherwise the object.
    private static List<?> unwrap(Object value) {
        if (!(value instanceof Map<?, ?> object)) {
            return List.of(value);
        }
        List<? extends List<?>> arrays = object.entrySet().stream()
                .filter(entry -> !CONVERSATION_COLUMNS.contains(String.valueOf(entry.getKey())))
                .map(Map.Entry::getValue)
                .filter(JsonReader::isArrayOfObjects)
                .map(array -> (List<?>) array)
                .toList();
        boolean conversation =
                object.keySet().stream().anyMatch(key -> CONVERSATION_COLUMNS.contains(String.valueOf(key)));
        return arrays.size() == 1 && !conversation ? arrays.getFirst() : List.of(object);
    }

    private static boolean isArrayOfObjects(@Nullable Object value) {
        return value instanceof List<?> list
                && !list.isEmpty()
                && list.stream().allMatch(element -> element instanceof Map<?, ?>);
    }

    private static Map<String, @Nullable Object> fields(Map<?, ?> object) {
        Map<String, @Nullable Object> fields = new java.util.LinkedHashMap<>();
        object.forEach((key, value) -> fields.put(String.valueOf(key), value));
        return fields;
    }

    @Override
    public long line() {
        return row + 1;
    }

    @Override
    public void close() throws IOException {
        parser.close();
        text.close();
    }
}

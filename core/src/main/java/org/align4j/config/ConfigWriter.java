package org.align4j.config;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/// Writes records as the YAML that binds to them again.
final class ConfigWriter {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
            .disable(YAMLWriteFeature.SPLIT_LINES)
            .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
            .enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .enable(YAMLWriteFeature.INDENT_ARRAYS_WITH_INDICATOR)
            .build();

    private ConfigWriter() {}

    static String yaml(Object tree) {
        return YAML.writeValueAsString(tree);
    }

    /// Maps, lists and plain values that say what `record` says.
    static Map<String, Object> tree(Record record) {
        Map<String, Object> keys = new LinkedHashMap<>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object value = RecordShape.value(component, record);
            if (RecordShape.unwrapped(component) && value instanceof Record unwrapped) {
                keys.putAll(tree(unwrapped));
            } else {
                keys.put(RecordShape.key(component), plain(value, ValueBinder.raw(RecordShape.typeOf(component))));
            }
        }
        return keys;
    }

    private static @Nullable Object plain(@Nullable Object value, Class<?> declared) {
        return switch (value) {
            case null -> null;
            case Optional<?> optional ->
                optional.map(inner -> plain(inner, sealedAbove(inner))).orElse(null);
            case OptionalInt optional -> optional.isPresent() ? optional.getAsInt() : null;
            case OptionalLong optional -> optional.isPresent() ? optional.getAsLong() : null;
            case OptionalDouble optional -> optional.isPresent() ? optional.getAsDouble() : null;
            case Record variant when declared.isSealed() -> variant(variant);
            case Record record -> tree(record);
            case List<?> list ->
                list.stream().map(item -> plain(item, sealedAbove(item))).toList();
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> entries = new LinkedHashMap<>();
                map.forEach((key, item) -> entries.put(String.valueOf(key), plain(item, sealedAbove(item))));
                yield entries;
            }
            case Enum<?> constant -> ValueBinder.name(constant);
            case Path path -> path.toString();
            case Duration duration -> Durations.format(duration);
            default -> value;
        };
    }

    private static Object variant(Record variant) {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put(RecordShape.TYPE, RecordShape.variantName(variant.getClass()));
        keys.putAll(tree(variant));
        return keys.size() == 1 ? RecordShape.variantName(variant.getClass()) : keys;
    }

    /// The sealed interface that `value` is a variant of, else its own class.
    private static Class<?> sealedAbove(Object value) {
        for (Class<?> above : value.getClass().getInterfaces()) {
            if (above.isSealed()) {
                return above;
            }
        }
        return value.getClass();
    }
}

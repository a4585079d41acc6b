package org.align4j.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Optional;

/// Finds where in a configuration a key would belong.
final class KnownKeys {
    private KnownKeys() {}

    /// The path below `type` at which `key` is known: `learning_rate` gives
    /// `optimizer.learning_rate`.
    static Optional<String> below(Class<?> type, String key) {
        for (RecordComponent component : type.getRecordComponents()) {
            Class<?> child = recordType(RecordShape.typeOf(component));
            if (!child.isRecord()) {
                continue;
            }
            String prefix = RecordShape.unwrapped(component) ? "" : RecordShape.key(component) + ".";
            if (RecordShape.of(child).keys().contains(key)) {
                return Optional.of(prefix + key);
            }
            Optional<String> deeper = below(child, key).map(found -> prefix + found);
            if (deeper.isPresent()) {
                return deeper;
            }
        }
        return Optional.empty();
    }

    /// The record that a component holds, perhaps optionally; lists have no one path.
    private static Class<?> recordType(Type type) {
        if (type instanceof ParameterizedType parameterized && parameterized.getRawType() == Optional.class) {
            return recordType(parameterized.getActualTypeArguments()[0]);
        }
        return ValueBinder.raw(type);
    }
}

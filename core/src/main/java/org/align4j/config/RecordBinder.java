package org.align4j.config;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.align4j.error.Problems;
import org.jspecify.annotations.Nullable;

/// Binds mappings to records over their defaults, and chooses variants of sealed types.
final class RecordBinder {
    private final ValueBinder values;
    private final Problems problems;

    RecordBinder(ValueBinder values, Problems problems) {
        this.values = values;
        this.problems = problems;
    }

    /// The variant that `type:` names, or the default's variant when only its keys are given.
    Object variant(Class<?> sealed, ConfigNode node, @Nullable Object base, String path) {
        Map<String, Class<?>> variants = RecordShape.variants(sealed);
        String choices = "one of " + String.join(", ", variants.keySet());
        ConfigNode.Mapping keys;
        Optional<ConfigNode> chosen;
        switch (node) {
            case ConfigNode.Scalar scalar -> {
                keys = ConfigNode.Mapping.empty(node.place());
                chosen = Optional.of(scalar);
            }
            case ConfigNode.Mapping mapping -> {
                keys = mapping.without(RecordShape.TYPE);
                chosen = Optional.ofNullable(mapping.entries().get(RecordShape.TYPE));
            }
            case ConfigNode.Sequence _, ConfigNode.Absent _ -> {
                return values.fault(node, path, "expected " + choices + ", got " + node.kind());
            }
        }
        if (chosen.isEmpty()) {
            return base == null
                    ? values.fault(node, path, "missing required key \"type\": " + choices)
                    : record(base.getClass(), keys, base, path);
        }
        if (!(chosen.get() instanceof ConfigNode.Scalar name)) {
            return values.fault(chosen.get(), path + ".type", "expected " + choices);
        }
        Class<?> variant = variants.get(name.text());
        if (variant == null) {
            return values.fault(name, path, "unknown type \"" + name.text() + "\"; " + choices);
        }
        return record(variant, keys, variant.isInstance(base) ? base : null, path);
    }

    /// The record of `type` that `node` describes; what it doesn't say comes from `base`, or the
    /// type's defaults.
    Object record(Class<?> type, ConfigNode node, @Nullable Object base, String path) {
        RecordShape shape = RecordShape.of(type);
        if (!(node instanceof ConfigNode.Mapping mapping)) {
            return values.fault(
                    node, path, "expected a mapping with " + String.join(", ", shape.keys()) + ", got " + node.kind());
        }
        Map<String, Object> given = new LinkedHashMap<>();
        reportUnknownKeys(shape, mapping, path);
        Object defaults = base != null ? base : defaults(shape, mapping, given, path);
        for (RecordComponent component : shape.components()) {
            String key = RecordShape.key(component);
            ConfigNode child = child(component, mapping);
            if (child != null && !given.containsKey(key)) {
                Object old = defaults == null ? null : RecordShape.value(component, defaults);
                given.put(key, component(component, child, old, path(path, component)));
            }
        }
        if (defaults != null) {
            return overDefaults(shape, mapping, given, defaults, path);
        }
        return shape.defaults().isPresent() ? Marker.FAULTY : withoutDefaults(shape, mapping, given, path);
    }

    /// What `mapping` says of a component, null where it says nothing.
    private static @Nullable ConfigNode child(RecordComponent component, ConfigNode.Mapping mapping) {
        if (RecordShape.unwrapped(component)) {
            ConfigNode.Mapping keys =
                    mapping.only(RecordShape.of(component.getType()).keys());
            return keys.entries().isEmpty() ? null : keys;
        }
        return mapping.entries().get(RecordShape.key(component));
    }

    private Object component(RecordComponent component, ConfigNode node, @Nullable Object base, String path) {
        if (node instanceof ConfigNode.Absent && RecordShape.nullable(component)) {
            return Marker.NOTHING;
        }
        return values.bind(RecordShape.typeOf(component), node, base, path);
    }

    /// What `defaults(…)` makes of the required values, null when one of them is missing or at
    /// fault.
    private @Nullable Object defaults(
            RecordShape shape, ConfigNode.Mapping mapping, Map<String, Object> given, String path) {
        if (shape.defaults().isEmpty()) {
            return null;
        }
        List<@Nullable Object> required = new ArrayList<>();
        for (RecordComponent component : shape.required()) {
            ConfigNode child = child(component, mapping);
            Object value = child == null
                    ? missing(component, mapping, path(path, component))
                    : component(component, child, null, path(path, component));
            given.put(RecordShape.key(component), value);
            required.add(Marker.toNull(value));
        }
        if (required.contains(Marker.FAULTY)) {
            return null;
        }
        try {
            return shape.callDefaults(required);
        } catch (IllegalArgumentException e) {
            refuse(mapping, path, e);
            return null;
        }
    }

    private Object missing(RecordComponent component, ConfigNode.Mapping parent, String path) {
        Class<?> type = component.getType();
        if (type.isRecord()) {
            // its own required keys say more than its name does
            return record(type, ConfigNode.Mapping.empty(parent.place()), null, path);
        }
        return values.fault(parent, path, "missing required key");
    }

    private Object withoutDefaults(
            RecordShape shape, ConfigNode.Mapping mapping, Map<String, Object> given, String path) {
        for (RecordComponent component : shape.components()) {
            String key = RecordShape.key(component);
            if (!given.containsKey(key)) {
                Object nothing = RecordShape.nullable(component)
                        ? Marker.NOTHING
                        : ValueBinder.emptyOf(component.getType())
                                .orElseGet(() -> missing(component, mapping, path(path, component)));
                given.put(key, nothing);
            }
        }
        if (given.containsValue(Marker.FAULTY)) {
            return Marker.FAULTY;
        }
        try {
            return construct(shape, given, null);
        } catch (IllegalArgumentException e) {
            return refuse(mapping, path, e);
        }
    }

    private Object overDefaults(
            RecordShape shape, ConfigNode.Mapping mapping, Map<String, Object> given, Object defaults, String path) {
        boolean faulty = given.containsValue(Marker.FAULTY);
        if (!faulty) {
            try {
                return construct(shape, given, defaults);
            } catch (IllegalArgumentException e) {
                if (!reportEach(shape, mapping, given, defaults, path)) {
                    refuse(mapping, path, e);
                }
                return Marker.FAULTY;
            }
        }
        reportEach(shape, mapping, given, defaults, path);
        return Marker.FAULTY;
    }

    /// Puts each given value alone over the defaults: finds every value that a constructor refuses,
    /// with its line, where the constructor itself stops at the first. A value that another given
    /// one makes right is none; the only wrong one is told as it is beside the others.
    private boolean reportEach(
            RecordShape shape, ConfigNode.Mapping mapping, Map<String, Object> given, Object defaults, String path) {
        Map<String, Object> bound = new LinkedHashMap<>(given);
        bound.values().removeIf(value -> value == Marker.FAULTY);
        boolean found = false;
        for (RecordComponent component : shape.components()) {
            String key = RecordShape.key(component);
            if (!bound.containsKey(key)) {
                continue;
            }
            Map<String, Object> others = new LinkedHashMap<>(bound);
            Object value = Objects.requireNonNull(others.remove(key));
            Optional<IllegalArgumentException> alone = refusal(shape, Map.of(key, value), defaults);
            if (alone.isPresent()
                    && others.entrySet().stream()
                            .noneMatch(other -> refusal(
                                            shape, Map.of(key, value, other.getKey(), other.getValue()), defaults)
                                    .isEmpty())) {
                boolean only = refusal(shape, others, defaults).isEmpty();
                refuse(
                        Objects.requireNonNullElse(child(component, mapping), mapping),
                        path(path, component),
                        only ? refusal(shape, bound, defaults).orElse(alone.get()) : alone.get());
                found = true;
            }
        }
        return found;
    }

    private static Optional<IllegalArgumentException> refusal(
            RecordShape shape, Map<String, Object> given, Object defaults) {
        try {
            construct(shape, given, defaults);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(e);
        }
    }

    private Object refuse(ConfigNode node, String path, IllegalArgumentException refusal) {
        return values.fault(node, path, String.valueOf(refusal.getMessage()));
    }

    private static Object construct(RecordShape shape, Map<String, Object> given, @Nullable Object defaults) {
        List<@Nullable Object> arguments = new ArrayList<>();
        for (RecordComponent component : shape.components()) {
            String key = RecordShape.key(component);
            if (given.containsKey(key)) {
                arguments.add(Marker.toNull(given.get(key)));
            } else {
                arguments.add(defaults == null ? null : RecordShape.value(component, defaults));
            }
        }
        return shape.construct(arguments);
    }

    private void reportUnknownKeys(RecordShape shape, ConfigNode.Mapping mapping, String path) {
        List<String> known = shape.keys();
        mapping.entries().forEach((key, node) -> {
            if (!known.contains(key)) {
                Optional<String> elsewhere =
                        KnownKeys.below(shape.type(), key).map(found -> "it belongs at " + join(path, found));
                String hint = elsewhere
                        .or(() -> Problems.nearest(key, known).map(near -> "did you mean " + near + "?"))
                        .orElse(known.isEmpty() ? "none is known here" : "known are " + String.join(", ", known));
                problems.add(node.place() + ": " + join(path, key) + ": unknown key; " + hint);
            }
        });
    }

    private static String path(String above, RecordComponent component) {
        return RecordShape.unwrapped(component) ? above : join(above, RecordShape.key(component));
    }

    private static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}

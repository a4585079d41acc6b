package org.align4j.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.align4j.error.Problems;
import org.jspecify.annotations.Nullable;

/// Turns a node into a value of a component's type; faults become problems and the value
/// [Marker#FAULTY].
final class ValueBinder {
    private final Problems problems;
    private final RecordBinder records;

    ValueBinder(Problems problems) {
        this.problems = problems;
        this.records = new RecordBinder(this, problems);
    }

    /// The value of `node`, [Marker#FAULTY] when it has none.
    ///
    /// @param base the default it overrides, from which records and variants take what is not given
    /// @param path the full key, for messages
    Object bind(Type type, ConfigNode node, @Nullable Object base, String path) {
        Class<?> raw = raw(type);
        if (raw == Optional.class) {
            Object inner = base instanceof Optional<?> optional ? optional.orElse(null) : null;
            return node instanceof ConfigNode.Absent
                    ? Optional.empty()
                    : optional(bind(argument(type, 0), node, inner, path));
        }
        if (node instanceof ConfigNode.Absent && isPrimitiveOptional(raw)) {
            return emptyOptional(raw);
        }
        if (raw.isSealed() && raw.isInterface()) {
            return records.variant(raw, node, base, path);
        }
        if (raw.isRecord()) {
            return records.record(raw, node, base, path);
        }
        if (raw == List.class) {
            return list(argument(type, 0), node, path);
        }
        if (raw == Map.class) {
            return map(argument(type, 1), node, path);
        }
        if (raw == Object.class) {
            return anything(node);
        }
        return node instanceof ConfigNode.Scalar scalar
                ? scalar(raw, scalar, path)
                : fault(node, path, "expected " + expectation(raw) + ", got " + node.kind());
    }

    Object fault(ConfigNode node, String path, String what) {
        problems.add(node.place() + ": " + (path.isEmpty() ? "" : path + ": ") + what);
        return Marker.FAULTY;
    }

    private static Object optional(Object inner) {
        return inner == Marker.FAULTY ? Marker.FAULTY : Optional.of(inner);
    }

    private Object list(Type element, ConfigNode node, String path) {
        List<ConfigNode> nodes = switch (node) {
            case ConfigNode.Sequence sequence -> sequence.items();
            case ConfigNode.Absent _ -> List.of();
            // one value is a list of one
            case ConfigNode.Scalar scalar -> List.of(scalar);
            case ConfigNode.Mapping mapping -> List.of(mapping);
        };
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            values.add(bind(element, nodes.get(i), null, path + "[" + i + "]"));
        }
        return values.contains(Marker.FAULTY) ? Marker.FAULTY : List.copyOf(values);
    }

    private Object map(Type element, ConfigNode node, String path) {
        if (node instanceof ConfigNode.Absent) {
            return Map.of();
        }
        if (!(node instanceof ConfigNode.Mapping mapping)) {
            return fault(node, path, "expected a mapping of names to values, got " + node.kind());
        }
        Map<String, Object> values = new LinkedHashMap<>();
        mapping.entries().forEach((key, value) -> values.put(key, bind(element, value, null, path + "." + key)));
        return values.containsValue(Marker.FAULTY) ? Marker.FAULTY : Collections.unmodifiableMap(values);
    }

    /// A value whose type nothing declares: as JSON would have it, with an empty Optional for null.
    private static Object anything(ConfigNode node) {
        return switch (node) {
            case ConfigNode.Absent _ -> Optional.empty();
            case ConfigNode.Sequence sequence ->
                sequence.items().stream().map(ValueBinder::anything).toList();
            case ConfigNode.Mapping mapping -> {
                Map<String, Object> values = new LinkedHashMap<>();
                mapping.entries().forEach((key, value) -> values.put(key, anything(value)));
                yield Collections.unmodifiableMap(values);
            }
            case ConfigNode.Scalar scalar -> plain(scalar.text().strip());
        };
    }

    private static Object plain(String text) {
        if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
            return Boolean.valueOf(text);
        }
        try {
            BigDecimal number = new BigDecimal(text);
            boolean whole = text.matches("-?\\d+");
            return whole ? (Object) number.longValueExact() : (Object) number.doubleValue();
        } catch (ArithmeticException | NumberFormatException _) {
            return text;
        }
    }

    private Object scalar(Class<?> type, ConfigNode.Scalar node, String path) {
        String text = node.text().strip();
        try {
            if (type == String.class) {
                return node.text();
            } else if (type == Path.class) {
                return Path.of(text.startsWith("~/") ? System.getProperty("user.home") + text.substring(1) : text);
            } else if (type == boolean.class || type == Boolean.class) {
                return bool(text, node, path);
            } else if (type == Duration.class) {
                return Durations.parse(text);
            } else if (type.isEnum()) {
                return constant(type, text, node, path);
            } else {
                return number(type, new BigDecimal(text.replaceAll("(?<=\\d)_(?=\\d)", "")));
            }
        } catch (InvalidPathException e) {
            return fault(node, path, "not a path: " + e.getReason());
        } catch (NumberFormatException _) {
            return fault(node, path, "expected " + expectation(type) + ", got " + node.kind());
        } catch (ArithmeticException _) {
            return fault(node, path, "expected " + expectation(type) + " of this size, got " + node.kind());
        }
    }

    private static Object number(Class<?> type, BigDecimal value) {
        if (type == int.class || type == Integer.class) {
            return value.intValueExact();
        } else if (type == long.class || type == Long.class) {
            return value.longValueExact();
        } else if (type == double.class || type == Double.class) {
            return value.doubleValue();
        } else if (type == float.class || type == Float.class) {
            return value.floatValue();
        } else if (type == OptionalInt.class) {
            return OptionalInt.of(value.intValueExact());
        } else if (type == OptionalLong.class) {
            return OptionalLong.of(value.longValueExact());
        } else if (type == OptionalDouble.class) {
            return OptionalDouble.of(value.doubleValue());
        }
        throw new IllegalStateException(type.getName() + " cannot be configured; see Configuration for what can");
    }

    private Object bool(String text, ConfigNode node, String path) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> fault(node, path, "expected true or false, got " + node.kind());
        };
    }

    private Object constant(Class<?> type, String text, ConfigNode node, String path) {
        for (Object constant : type.getEnumConstants()) {
            if (name(constant).equalsIgnoreCase(text)) {
                return constant;
            }
        }
        return fault(node, path, "expected " + expectation(type) + ", got " + node.kind());
    }

    /// How a constant is written: in lower case.
    static String name(Object constant) {
        return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT);
    }

    private static String expectation(Class<?> type) {
        if (type.isEnum()) {
            return "one of "
                    + String.join(
                            ", ",
                            Arrays.stream(type.getEnumConstants())
                                    .map(ValueBinder::name)
                                    .toList());
        }
        return switch (type.getSimpleName()) {
            case "String" -> "text";
            case "Path" -> "a path";
            case "boolean", "Boolean" -> "true or false";
            case "Duration" -> "a duration such as 90s, 10m or 1h30m";
            case "int", "Integer", "OptionalInt", "long", "Long", "OptionalLong" -> "a whole number";
            default -> "a number";
        };
    }

    private static boolean isPrimitiveOptional(Class<?> type) {
        return type == OptionalInt.class || type == OptionalLong.class || type == OptionalDouble.class;
    }

    private static Object emptyOptional(Class<?> type) {
        if (type == OptionalInt.class) {
            return OptionalInt.empty();
        }
        return type == OptionalLong.class ? OptionalLong.empty() : OptionalDouble.empty();
    }

    /// What a component holds when nothing is said about it: empty for optional types, none for the
    /// others.
    static Optional<Object> emptyOf(Class<?> type) {
        if (type == Optional.class) {
            return Optional.of(Optional.empty());
        }
        return isPrimitiveOptional(type) ? Optional.of(emptyOptional(type)) : Optional.empty();
    }

    static Class<?> raw(Type type) {
        return switch (type) {
            case Class<?> plain -> plain;
            case ParameterizedType parameterized -> (Class<?>) parameterized.getRawType();
            default -> throw new IllegalStateException(type + " cannot be configured");
        };
    }

    private static Type argument(Type type, int index) {
        return ((ParameterizedType) type).getActualTypeArguments()[index];
    }
}

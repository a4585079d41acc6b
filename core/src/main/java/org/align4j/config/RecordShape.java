package org.align4j.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.align4j.error.AlignException;
import org.jspecify.annotations.Nullable;

/// How a record is configured: its keys, its constructor and its static `defaults(…)`, whose
/// parameters name the components that have no default.
record RecordShape(Class<?> type, List<RecordComponent> components, Optional<Method> defaults) {
    /// The key that chooses a variant of a sealed type.
    static final String TYPE = "type";

    static RecordShape of(Class<?> type) {
        Optional<Method> defaults = Arrays.stream(type.getDeclaredMethods())
                .filter(method -> method.getName().equals("defaults") && Modifier.isStatic(method.getModifiers()))
                .filter(method -> method.getReturnType() == type)
                .findFirst();
        defaults.ifPresent(method -> method.setAccessible(true));
        return new RecordShape(type, List.of(type.getRecordComponents()), defaults);
    }

    /// Components that must be given, because `defaults(…)` asks for them.
    List<RecordComponent> required() {
        List<String> names = defaults.stream()
                .flatMap(method -> Arrays.stream(method.getParameters()))
                .map(Parameter::getName)
                .toList();
        List<RecordComponent> required = new ArrayList<>();
        for (String name : names) {
            required.add(components.stream()
                    .filter(component -> component.getName().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(
                            type.getName() + ".defaults: parameter " + name + " names no component of the record")));
        }
        return required;
    }

    /// Its keys, those of unwrapped components among them.
    List<String> keys() {
        return components.stream()
                .flatMap(component ->
                        unwrapped(component) ? of(component.getType()).keys().stream() : Stream.of(key(component)))
                .toList();
    }

    /// Calls `defaults(…)` with the required values in the order of its parameters.
    ///
    /// @throws IllegalArgumentException with the reason when the record refuses them
    Object callDefaults(List<@Nullable Object> required) {
        Method method = defaults.orElseThrow();
        try {
            return method.invoke(null, required.toArray());
        } catch (InvocationTargetException e) {
            throw refusal(e);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(type.getName() + ".defaults cannot be called", e);
        }
    }

    /// Makes the record from values in component order.
    ///
    /// @throws IllegalArgumentException with the reason when its constructor refuses them
    Object construct(List<@Nullable Object> values) {
        try {
            Class<?>[] parameters =
                    components.stream().map(RecordComponent::getType).toArray(Class<?>[]::new);
            Constructor<?> constructor = type.getDeclaredConstructor(parameters);
            constructor.setAccessible(true);
            return constructor.newInstance(values.toArray());
        } catch (InvocationTargetException e) {
            throw refusal(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type.getName() + " cannot be made", e);
        }
    }

    private static IllegalArgumentException refusal(InvocationTargetException e) {
        return switch (e.getCause()) {
            case IllegalArgumentException refusal -> refusal;
            case AlignException refusal -> new IllegalArgumentException(refusal.getMessage(), refusal);
            case null, default -> throw new IllegalStateException("a configuration record failed to be made", e);
        };
    }

    /// The component's value in `of`.
    static @Nullable Object value(RecordComponent component, Object of) {
        try {
            Method accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(of);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(component + " cannot be read", e);
        }
    }

    /// The key of a component: `learningRate` is `learning_rate`.
    static String key(RecordComponent component) {
        return snakeCase(component.getName());
    }

    /// The record variants of a sealed type by the name that `type:` gives them: `Cosine` is
    /// `cosine`.
    static Map<String, Class<?>> variants(Class<?> sealed) {
        Map<String, Class<?>> variants = new LinkedHashMap<>();
        for (Class<?> permitted : sealed.getPermittedSubclasses()) {
            if (permitted.isSealed()) {
                variants.putAll(variants(permitted));
            } else if (permitted.isRecord()) {
                variants.put(variantName(permitted), permitted);
            } else {
                throw new IllegalStateException(permitted.getName() + ": a configured variant must be a record");
            }
        }
        return variants;
    }

    static String variantName(Class<?> variant) {
        return snakeCase(variant.getSimpleName());
    }

    static boolean nullable(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    /// Whether the keys of its record stand among those of the record that holds it.
    static boolean unwrapped(RecordComponent component) {
        return component.isAnnotationPresent(Unwrapped.class);
    }

    static Type typeOf(RecordComponent component) {
        return component.getGenericType();
    }

    /// `topP` is `top_p`, `LoRA` and `Lora` are `lora`, `LinearWarmup` is `linear_warmup`.
    static String snakeCase(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])(?=[a-z0-9]|$)", "$1_$2").toLowerCase(Locale.ROOT);
    }
}

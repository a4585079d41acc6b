package org.align4j.tokenizer;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntFunction;
import org.align4j.error.AlignException;
import org.jspecify.annotations.Nullable;

/// Reads what the metadata of a GGUF file says about its tokenizer.
final class GgufMetadata {
    private static final String PREFIX = "tokenizer.ggml.";
    private static final String TEMPLATE = "tokenizer.chat_template";

    private final Map<String, ?> metadata;
    private final String place;

    GgufMetadata(Map<String, ?> metadata, String place) {
        this.metadata = metadata;
        this.place = place;
    }

    GgufVocabulary vocabulary() {
        List<String> tokens = strings("tokens");
        if (tokens.isEmpty()) {
            throw new AlignException.Model(
                    place + ": has no vocabulary (tokenizer.ggml.tokens); give the model's tokenizer directory");
        }
        int[] types = ints("token_type");
        if (types.length != 0 && types.length != tokens.size()) {
            throw new AlignException.Model(place + ": " + tokens.size() + " tokens but " + types.length
                    + " types (tokenizer.ggml.token_type); convert the model again");
        }
        Set<Integer> moreEos = new LinkedHashSet<>();
        for (String key : List.of("eot_token_id", "eom_token_id")) {
            id(key, tokens.size()).ifPresent(moreEos::add);
        }
        return new GgufVocabulary(
                string("model").orElse(""),
                string("pre"),
                tokens,
                floats("scores"),
                types,
                strings("merges"),
                id("bos_token_id", tokens.size()),
                id("eos_token_id", tokens.size()),
                id("padding_token_id", tokens.size()),
                id("unknown_token_id", tokens.size()),
                moreEos,
                flag("add_bos_token"),
                flag("add_eos_token").orElse(false),
                flag("add_space_prefix"),
                flag("remove_extra_whitespaces").orElse(false),
                bytes("precompiled_charsmap"),
                templates());
    }

    private Map<String, String> templates() {
        Map<String, String> templates = new LinkedHashMap<>();
        if (metadata.get(TEMPLATE) instanceof String template) {
            templates.put(TokenizerConfig.DEFAULT_TEMPLATE, template);
        }
        for (Map.Entry<String, ?> entry : metadata.entrySet()) {
            if (entry.getKey().startsWith(TEMPLATE + ".") && entry.getValue() instanceof String template) {
                templates.put(entry.getKey().substring(TEMPLATE.length() + 1), template);
            }
        }
        return templates;
    }

    private Optional<String> string(String key) {
        return value(key, String.class);
    }

    private Optional<Boolean> flag(String key) {
        return value(key, Boolean.class);
    }

    private OptionalInt id(String key, int size) {
        Optional<Number> id = value(key, Number.class);
        if (id.isEmpty()) {
            return OptionalInt.empty();
        }
        if (id.get().longValue() < 0 || id.get().longValue() >= size) {
            throw new AlignException.Model(place + ": " + PREFIX + key + " is " + id.get() + " among " + size
                    + " tokens; convert the model again");
        }
        return OptionalInt.of(id.get().intValue());
    }

    private <T> Optional<T> value(String key, Class<T> type) {
        Object value = metadata.get(PREFIX + key);
        if (value == null) {
            return Optional.empty();
        }
        if (!type.isInstance(value)) {
            throw wrong(key, value, type);
        }
        return Optional.of(type.cast(value));
    }

    private List<String> strings(String key) {
        List<String> strings = new ArrayList<>();
        for (Object element : elements(key)) {
            strings.add(element(key, element, String.class));
        }
        return strings;
    }

    private int[] ints(String key) {
        List<?> elements = elements(key);
        int[] ints = new int[elements.size()];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = element(key, elements.get(i), Number.class).intValue();
        }
        return ints;
    }

    private float[] floats(String key) {
        List<?> elements = elements(key);
        float[] floats = new float[elements.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = element(key, elements.get(i), Number.class).floatValue();
        }
        return floats;
    }

    private byte[] bytes(String key) {
        List<?> elements = elements(key);
        byte[] bytes = new byte[elements.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = element(key, elements.get(i), Number.class).byteValue();
        }
        return bytes;
    }

    /// An array, which a reader may give as a list or as a Java array; empty where absent.
    private List<?> elements(String key) {
        Object value = metadata.get(PREFIX + key);
        if (value == null) {
            return List.of();
        }
        if (value instanceof List<?> list) {
            return list;
        }
        if (!value.getClass().isArray()) {
            throw wrong(key, value, List.class);
        }
        IntFunction<@Nullable Object> get = index -> Array.get(value, index);
        List<@Nullable Object> list = new ArrayList<>(Array.getLength(value));
        for (int i = 0; i < Array.getLength(value); i++) {
            list.add(get.apply(i));
        }
        return list;
    }

    private <T> T element(String key, @Nullable Object element, Class<T> type) {
        if (!type.isInstance(element)) {
            throw wrong(key, element, type);
        }
        return type.cast(element);
    }

    private AlignException.Model wrong(String key, @Nullable Object value, Class<?> expected) {
        String found = value == null ? "nothing" : value.getClass().getSimpleName();
        return new AlignException.Model(place + ": " + PREFIX + key + " holds " + found + " instead of "
                + expected.getSimpleName() + "; convert the model again");
    }
}

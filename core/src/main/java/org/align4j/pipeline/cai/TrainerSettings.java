package org.align4j.pipeline.cai;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.config.Configuration;
import org.align4j.error.AlignException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Settings of a trainer by their dotted keys: a person's, and what the pipeline decides itself.
final class TrainerSettings {
    private static final List<String> OURS = List.of("model", "output", "reference", "rewards", "reward_weights");

    private final String place;
    private final Map<String, Object> theirs = new LinkedHashMap<>();
    private final Map<String, Object> ours = new LinkedHashMap<>();

    /// @param place of the person's settings in the configuration
    /// @throws AlignException.Config where they have what the pipeline decides
    TrainerSettings(String place, Map<String, Object> settings) {
        this.place = place;
        flatten("", settings);
        theirs.keySet().stream()
                .filter(key -> OURS.contains(key.replaceAll("\\..*", "")))
                .forEach(this::refuse);
    }

    private void flatten(String prefix, Map<?, ?> settings) {
        settings.forEach((key, value) -> {
            if (value instanceof Map<?, ?> nested && !nested.isEmpty()) {
                flatten(prefix + key + ".", nested);
            } else {
                theirs.put(prefix + key, value);
            }
        });
    }

    private void refuse(String key) {
        throw new AlignException.Config(place + ": " + key + ": the pipeline decides this itself; drop it");
    }

    /// The pipeline decides `key`.
    TrainerSettings with(String key, Object value) {
        if (theirs.containsKey(key)) {
            refuse(key);
        }
        ours.put(key, value);
        return this;
    }

    /// The pipeline puts `value` before the list that the person gives.
    TrainerSettings beside(String key, Object value) {
        List<Object> all = new ArrayList<>(List.of(value));
        switch (theirs.remove(key)) {
            case null -> {}
            case List<?> more -> all.addAll(more);
            case Object one -> all.add(one);
        }
        return with(key, all);
    }

    /// The trainer's configuration.
    ///
    /// @param seed where the settings have none
    /// @throws AlignException.Config naming every fault with its place
    <C extends Record> C configured(Class<C> type, long seed) {
        List<String> overrides = new ArrayList<>(List.of("seed=" + seed));
        theirs.forEach((key, value) -> overrides.add(key + "=" + json(value)));
        ours.forEach((key, value) -> overrides.add(key + "=" + json(value)));
        try {
            return Configuration.of(type, overrides);
        } catch (AlignException.Config e) {
            throw new AlignException.Config(place + ": " + e.getMessage(), e);
        }
    }

    private static String json(Object value) {
        @Nullable Object plain = value instanceof Optional<?> optional ? optional.orElse(null) : value;
        return JsonMapper.shared().writeValueAsString(plain);
    }
}

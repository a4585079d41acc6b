package org.align4j.config;

import java.util.List;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;

/// Puts `key.sub=value` texts over what a file says.
final class Overrides {
    private Overrides() {}

    /// Applies `overrides` to `root` in order; a value is YAML, so that lists and mappings can be
    /// given.
    static void apply(ConfigNode.Mapping root, List<String> overrides, Problems problems) {
        for (String override : overrides) {
            String place = "--set " + override;
            int equals = override.indexOf('=');
            if (equals <= 0) {
                problems.add(place + ": expected key=value or key.sub=value");
                continue;
            }
            String key = override.substring(0, equals).strip();
            try {
                ConfigNode value = YamlReader.read(override.substring(equals + 1), _ -> place, problems);
                put(root, List.of(key.split("\\.", -1)), value, problems);
            } catch (AlignException.Config e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
    }

    private static void put(ConfigNode.Mapping root, List<String> path, ConfigNode value, Problems problems) {
        ConfigNode.Mapping parent = root;
        for (String key : path.subList(0, path.size() - 1)) {
            ConfigNode child = parent.entries().get(key);
            ConfigNode.Mapping next = switch (child) {
                case null -> ConfigNode.Mapping.empty(value.place());
                case ConfigNode.Absent _ -> ConfigNode.Mapping.empty(value.place());
                case ConfigNode.Mapping mapping -> mapping;
                // the shorthand `schedule: cosine` grows into {type: cosine, …}
                case ConfigNode.Scalar scalar -> {
                    ConfigNode.Mapping grown = ConfigNode.Mapping.empty(scalar.place());
                    grown.entries().put(RecordShape.TYPE, scalar);
                    yield grown;
                }
                case ConfigNode.Sequence _ -> {
                    problems.add(value.place() + ": " + key + " is a list; give the whole list as " + key + "=[…]");
                    yield ConfigNode.Mapping.empty(value.place());
                }
            };
            if (!(child instanceof ConfigNode.Sequence)) {
                parent.entries().put(key, next);
            }
            parent = next;
        }
        parent.entries().put(path.getLast(), value);
    }
}

package org.align4j.config;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A value of a configuration with the place it was written at: `sft.yaml:12` or `--set lr=1`.
sealed interface ConfigNode {
    /// Where the value was written.
    String place();

    /// What a user calls this kind of value.
    String kind();

    /// Text, a number, true or false: which of them the bound type decides.
    record Scalar(String text, String place) implements ConfigNode {
        @Override
        public String kind() {
            return "\"" + text + "\"";
        }
    }

    /// An explicit absence: `null`, `~` or nothing after the colon.
    record Absent(String place) implements ConfigNode {
        @Override
        public String kind() {
            return "nothing";
        }
    }

    /// `[a, b]`.
    record Sequence(List<ConfigNode> items, String place) implements ConfigNode {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /// `{a: 1, b: 2}` in the order written; overrides are put into `entries`.
    record Mapping(Map<String, ConfigNode> entries, String place) implements ConfigNode {
        static Mapping empty(String place) {
            return new Mapping(new LinkedHashMap<>(), place);
        }

        @Override
        public String kind() {
            return "a mapping";
        }

        /// Those of `keys` that it has, at the place of the first.
        Mapping only(Collection<String> keys) {
            Map<String, ConfigNode> some = new LinkedHashMap<>(entries);
            some.keySet().retainAll(keys);
            String first =
                    some.values().stream().findFirst().map(ConfigNode::place).orElse(place);
            return new Mapping(some, first);
        }

        Mapping without(String key) {
            Map<String, ConfigNode> rest = new LinkedHashMap<>(entries);
            rest.remove(key);
            return new Mapping(rest, place);
        }
    }
}

package org.align4j.peft;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Which modules `target_modules` or `exclude_modules` means.
public sealed interface ModuleSelection {
    /// Whether the module of that path is meant.
    boolean matches(String module);

    /// Modules whose path is one of `names` or ends in `.` and one of them.
    record Named(List<String> names) implements ModuleSelection {
        public Named {
            names = List.copyOf(names);
        }

        @Override
        public boolean matches(String module) {
            return names.stream().anyMatch(name -> covers(name, module));
        }

        static boolean covers(String name, String module) {
            return module.equals(name) || module.endsWith("." + name);
        }
    }

    /// Modules whose whole path matches a regular expression.
    record Matching(Pattern pattern) implements ModuleSelection {
        @Override
        public boolean matches(String module) {
            return pattern.matcher(module).matches();
        }
    }

    /// Every linear module but the head.
    record AllLinear() implements ModuleSelection {
        /// What output layers are called in the supported architectures.
        private static final Set<String> HEADS = Set.of("lm_head", "embed_out", "score");

        @Override
        public boolean matches(String module) {
            return !HEADS.contains(module.substring(module.lastIndexOf('.') + 1));
        }
    }
}

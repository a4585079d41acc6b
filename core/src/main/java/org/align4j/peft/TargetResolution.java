package org.align4j.peft;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.align4j.error.AlignException;

/// Applies PEFT's rules of which modules get which adapter.
final class TargetResolution {
    /// A layer of any list of layers.
    private static final Pattern ANY_LAYER = Pattern.compile(".*\\.[^.]*\\.(\\d+)\\..*");

    private TargetResolution() {}

    static List<AdapterTarget> targets(AdapterConfig config, BaseShapes base) {
        List<AdapterTarget> targets = new ArrayList<>();
        for (String module : base.linears().keySet()) {
            if (meant(config, module)) {
                int rank = config.rankOf(module);
                double divisor = config.rankStabilised() ? Math.sqrt(rank) : rank;
                targets.add(new AdapterTarget(module, rank, config.alphaOf(module) / divisor, config.dora()));
            }
        }
        if (targets.isEmpty()) {
            throw new AlignException.Config(
                    "target_modules: no linear module of %s is meant by %s; its modules are called like %s"
                            .formatted(
                                    base.name(),
                                    describe(config.targets()),
                                    base.linears().keySet().stream().limit(7).toList()));
        }
        return targets;
    }

    private static boolean meant(AdapterConfig config, String module) {
        if (config.excluded().isPresent() && config.excluded().get().matches(module)) {
            return false;
        }
        // A module that is trained whole has no adapter besides.
        if (config.saves(module) || !config.targets().matches(module)) {
            return false;
        }
        boolean named = config.targets() instanceof ModuleSelection.Named(List<String> names) && names.contains(module);
        // The layers chosen narrow down endings; full paths say themselves what they mean.
        if (named || config.layers().isEmpty()) {
            return true;
        }
        Optional<Integer> layer = layer(config.layersPattern(), module);
        return layer.isPresent() && config.layers().get().contains(layer.get());
    }

    private static Optional<Integer> layer(List<String> names, String module) {
        List<Pattern> patterns = names.isEmpty()
                ? List.of(ANY_LAYER)
                : names.stream()
                        .map(name -> Pattern.compile(".*\\." + name + "\\.(\\d+)\\..*"))
                        .toList();
        for (Pattern pattern : patterns) {
            Matcher matcher = pattern.matcher(module);
            if (matcher.matches()) {
                return Optional.of(Integer.valueOf(matcher.group(1)));
            }
        }
        return Optional.empty();
    }

    /// The value of the first key that matches the module's path, or the end of it after a dot.
    static <T> Optional<T> byPattern(Map<String, T> values, String module) {
        for (Map.Entry<String, T> entry : values.entrySet()) {
            if (Pattern.compile("(.*\\.)?(" + entry.getKey() + ")")
                    .matcher(module)
                    .matches()) {
                return Optional.of(entry.getValue());
            }
        }
        return Optional.empty();
    }

    static String describe(ModuleSelection selection) {
        return switch (selection) {
            case ModuleSelection.Named(List<String> names) -> names.toString();
            case ModuleSelection.Matching(Pattern pattern) -> "\"" + pattern + "\"";
            case ModuleSelection.AllLinear() -> "all-linear";
        };
    }
}

package org.align4j.loss.preference;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.align4j.config.NamedOptions;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;

/// Losses of pairs by the names that configurations have for them.
public final class NamedPreferenceLoss {
    /// All of them.
    public static final List<String> NAMES = List.of(
            "dpo",
            "robust",
            "ipo",
            "hinge",
            "exo",
            "nca",
            "sppo",
            "apo-zero",
            "apo-down",
            "aot",
            "aot-unpaired",
            "bco",
            "discopop",
            "dpop",
            "cpo",
            "simpo",
            "orpo",
            "rao-kupper",
            "davidson",
            "nll");

    private NamedPreferenceLoss() {}

    /// @param name of the first loss, whose weight is 1 and whose rewards are reported
    /// @param options its constants; those of a further loss are `name.constant`
    /// @param plus further losses, and their weights
    /// @throws AlignException.Config for unknown names, and for options that are unknown or out of range
    public static PreferenceLoss of(String name, Map<String, String> options, Map<String, Double> plus) {
        Map<String, Map<String, String>> each = byLoss(name, options, plus);
        PreferenceLoss first = of(name, each.getOrDefault(name, Map.of()));
        if (plus.isEmpty()) {
            return first;
        }
        List<WeightedSum.Term> terms = new ArrayList<>(List.of(new WeightedSum.Term(1, first)));
        new TreeMap<>(plus).forEach((further, weight) -> {
            if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
                throw new AlignException.Config("plus." + further + ": a weight must be ≥ 0, got " + weight);
            }
            terms.add(new WeightedSum.Term(weight, of(further, each.getOrDefault(further, Map.of()))));
        });
        return new WeightedSum(terms);
    }

    private static Map<String, Map<String, String>> byLoss(
            String name, Map<String, String> options, Map<String, Double> plus) {
        Map<String, Map<String, String>> each = new HashMap<>();
        options.forEach((key, value) -> {
            int dot = key.indexOf('.');
            boolean further = dot > 0 && plus.containsKey(key.substring(0, dot));
            each.computeIfAbsent(further ? key.substring(0, dot) : name, loss -> new HashMap<>())
                    .put(further ? key.substring(dot + 1) : key, value);
        });
        return each;
    }

    private static PreferenceLoss of(String name, Map<String, String> options) {
        if (!NAMES.contains(name)) {
            throw new AlignException.Config("loss: unknown name " + name
                    + Problems.nearest(name, NAMES)
                            .map(near -> "; did you mean " + near + "?")
                            .orElse("; known: " + String.join(", ", NAMES)));
        }
        NamedOptions given = new NamedOptions("loss " + name, options);
        PreferenceLoss loss = of(name, given);
        given.finish();
        return loss;
    }

    private static PreferenceLoss of(String name, NamedOptions given) {
        return switch (name) {
            case "dpo" ->
                new Dpo(beta(given, 0.1), smoothing(given, 0), divergence(given), given.flag("averaged", false));
            case "robust" -> new RobustDpo(beta(given, 0.1), smoothing(given, 0.1));
            case "ipo" -> new Ipo(beta(given, 0.1), divergence(given), given.flag("averaged", true));
            case "hinge" -> new Hinge(beta(given, 0.1), divergence(given));
            case "exo" -> {
                double smoothing = smoothing(given, 1e-3);
                if (smoothing == 0) {
                    given.fault("label_smoothing", "0 makes this loss infinite; take 0.001");
                    smoothing = 1e-3;
                }
                yield new Exo(beta(given, 0.1), smoothing);
            }
            case "nca" -> new Nca(beta(given, 0.1));
            case "sppo" -> new Sppo(beta(given, 0.1));
            case "apo-zero" -> new ApoZero(beta(given, 0.1));
            case "apo-down" -> new ApoDown(beta(given, 0.1));
            case "aot" -> new Aot(beta(given, 0.1), smoothing(given, 0));
            case "aot-unpaired" -> new AotUnpaired(beta(given, 0.1), smoothing(given, 0));
            case "bco" -> new Bco(beta(given, 0.1), 0);
            case "discopop" ->
                new DiscoPop(beta(given, 0.1), given.positive("tau").orElse(0.05));
            case "dpop" ->
                new Dpop(beta(given, 0.1), given.atLeastZero("lambda").orElse(50.0));
            case "cpo" -> new Cpo(beta(given, 0.1), smoothing(given, 0));
            case "simpo" ->
                new SimPo(
                        beta(given, 2),
                        given.atLeastZero("gamma").orElse(1.0),
                        given.number("alpha", Double::isFinite, "a number").orElse(0.0),
                        smoothing(given, 0));
            case "orpo" -> new Orpo(beta(given, 0.1));
            case "rao-kupper" -> new RaoKupper(beta(given, 0.1), above(given, 1, 3));
            case "davidson" -> new Davidson(beta(given, 0.1), above(given, 0, 1));
            default -> new Nll();
        };
    }

    private static double beta(NamedOptions given, double fallback) {
        return given.positive("beta").orElse(fallback);
    }

    private static double smoothing(NamedOptions given, double fallback) {
        return given.number("label_smoothing", v -> v >= 0 && v < 0.5, "in [0, 0.5)")
                .orElse(fallback);
    }

    private static double above(NamedOptions given, double least, double fallback) {
        return given.number("nu", v -> v > least && Double.isFinite(v), "a number above " + least)
                .orElse(fallback);
    }

    private static Divergence divergence(NamedOptions given) {
        double alpha = given.number("alpha", Double::isFinite, "a number").orElse(0.5);
        return given.choice(
                "divergence",
                "reverse_kl",
                Map.of(
                        "reverse_kl", new Divergence.ReverseKl(),
                        "forward_kl", new Divergence.ForwardKl(),
                        "js", new Divergence.JensenShannon(),
                        "alpha", new Divergence.Alpha(alpha)));
    }
}

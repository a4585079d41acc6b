package org.align4j.data.flan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.align4j.data.flan.prompt.Prompting;

/// A mixture of a recipe (`mixtures.NAME`): of tasks by their sizes, or of other mixtures by
/// weights. The other keys belong to mixtures of tasks.
///
/// @param parts mixtures and their weights, which add up to 1
/// @param tasks patterns of names (`p3/ag_news*`) or families; a task belongs if one fits. None:
///     all, without `parts`
/// @param except patterns of names or families that are left out: held-out families
/// @param cap examples up to which a task's size counts (examples-proportional mixing); 0: all
/// @param temperature sizes count to the power of one over it: 1 proportional, higher is more even
/// @param prompts how the tasks' examples are asked
public record MixtureSpec(
        Map<String, Double> parts,
        List<String> tasks,
        List<String> except,
        long cap,
        double temperature,
        Prompting prompts) {
    /// Weights may miss 1 by rounding.
    private static final double SLACK = 1e-6;

    public MixtureSpec {
        parts = Collections.unmodifiableMap(new LinkedHashMap<>(parts));
        tasks = List.copyOf(tasks);
        except = List.copyOf(except);
        List<String> faults = new ArrayList<>();
        if (!parts.isEmpty() && !tasks.isEmpty()) {
            faults.add("a mixture has parts or tasks, not both");
        }
        boolean ofTasks = !except.isEmpty() || cap != 0 || temperature != 1 || !prompts.equals(Prompting.defaults());
        if (!parts.isEmpty() && ofTasks) {
            faults.add("a mixture with parts has no except, cap, temperature or prompts of its own; give them to its"
                    + " parts");
        }
        double sum = parts.values().stream().mapToDouble(Double::doubleValue).sum();
        if (parts.values().stream().anyMatch(weight -> !(weight > 0))) {
            faults.add("weights of parts must be more than 0");
        } else if (!parts.isEmpty() && Math.abs(sum - 1) > SLACK) {
            faults.add("weights of parts must add up to 1, not " + (float) sum);
        }
        if (cap < 0) {
            faults.add("cap must be ≥ 0");
        }
        if (!(temperature > 0)) {
            faults.add("temperature must be more than 0");
        }
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", faults));
        }
    }

    /// Everything but what it is made of.
    public static MixtureSpec defaults() {
        return new MixtureSpec(Map.of(), List.of(), List.of(), 0, 1, Prompting.defaults());
    }
}

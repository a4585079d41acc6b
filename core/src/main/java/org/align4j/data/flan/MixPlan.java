package org.align4j.data.flan;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.align4j.data.flan.task.TaskData;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;
import org.jspecify.annotations.Nullable;

/// How many examples a mixture draws of each task.
///
/// @param entries tasks in the mixtures that use them
/// @param notes what a user should know: mixtures that are left out, tasks that give all they have
public record MixPlan(List<Entry> entries, List<String> notes) {
    public MixPlan {
        entries = List.copyOf(entries);
        notes = List.copyOf(notes);
    }

    /// A task in a mixture.
    ///
    /// @param mixture its name
    /// @param examples to draw
    public record Entry(String mixture, MixtureSpec spec, TaskData task, long examples) {
        /// What the draws belong to: unique in a plan.
        public String stream() {
            return mixture + " " + task.name();
        }
    }

    /// @throws AlignException.Config when mixtures go in circles, name unknown ones, or no task is
    ///     left
    public static MixPlan of(Recipe recipe, List<TaskData> tasks) {
        List<String> notes = new ArrayList<>();
        Node root = node(recipe, recipe.mix(), 1, tasks, new LinkedHashSet<>(), notes)
                .orElseThrow(() -> new AlignException.Data(
                        "mixtures." + recipe.mix() + ": no task with usable examples; check tasks and except"));
        long total = recipe.examples() > 0 ? recipe.examples() : root.naturalSize();
        List<Entry> entries = new ArrayList<>();
        root.share(Math.min(total, root.capacity()), entries, notes);
        if (root.capacity() < total) {
            notes.add("the tasks give " + root.capacity() + " of " + total + " examples at max_epochs "
                    + recipe.maxEpochs());
        }
        return new MixPlan(
                entries.stream().filter(entry -> entry.examples() > 0).toList(), notes);
    }

    /// Examples in all.
    public long examples() {
        return entries.stream().mapToLong(Entry::examples).sum();
    }

    /// A mixture with the tasks or mixtures below it.
    private record Node(String name, double weight, List<Node> parts, List<Leaf> leaves) {
        long capacity() {
            long parted = parts.stream().mapToLong(Node::capacity).reduce(0, Node::saturated);
            return leaves.stream().mapToLong(Leaf::capacity).reduce(parted, Node::saturated);
        }

        /// Sizes of all tasks, each up to its cap.
        long naturalSize() {
            return parts.stream().mapToLong(Node::naturalSize).sum()
                    + leaves.stream().mapToLong(Leaf::counted).sum();
        }

        void share(long total, List<Entry> entries, List<String> notes) {
            long[] partQuotas = Quotas.split(
                    total,
                    parts.stream().mapToDouble(Node::weight).toArray(),
                    parts.stream().mapToLong(Node::capacity).toArray());
            double weights = parts.stream().mapToDouble(Node::weight).sum();
            for (int i = 0; i < partQuotas.length; i++) {
                Node part = parts.get(i);
                long wanted = Math.round(total * part.weight() / weights);
                if (partQuotas[i] < wanted - 1) {
                    notes.add("mixtures." + part.name() + ": gives all it has, " + partQuotas[i] + " of " + wanted
                            + " examples; raise max_epochs or add tasks");
                }
                part.share(partQuotas[i], entries, notes);
            }
            long[] leafQuotas = Quotas.split(
                    total,
                    leaves.stream().mapToDouble(Leaf::weight).toArray(),
                    leaves.stream().mapToLong(Leaf::capacity).toArray());
            for (int i = 0; i < leafQuotas.length; i++) {
                Leaf leaf = leaves.get(i);
                entries.add(new Entry(name, leaf.spec(), leaf.task(), leafQuotas[i]));
            }
        }

        private static long saturated(long a, long b) {
            return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
        }
    }

    private record Leaf(TaskData task, MixtureSpec spec, long capacity) {
        long counted() {
            return spec.cap() == 0 ? task.size() : Math.min(task.size(), spec.cap());
        }

        double weight() {
            return Math.pow((double) counted(), 1 / spec.temperature());
        }
    }

    private static Optional<Node> node(
            Recipe recipe, String name, double weight, List<TaskData> tasks, Set<String> above, List<String> notes) {
        @Nullable MixtureSpec spec = recipe.mixtures().get(name);
        if (spec == null) {
            throw new AlignException.Config("mixtures: no mixture \"" + name + "\""
                    + Problems.nearest(name, recipe.mixtures().keySet())
                            .map(near -> "; did you mean " + near + "?")
                            .orElse("; known: "
                                    + String.join(", ", recipe.mixtures().keySet())));
        }
        if (!above.add(name)) {
            throw new AlignException.Config("mixtures." + name + ": goes in a circle: " + String.join(" → ", above)
                    + " → " + name + "; take it out of one of them");
        }
        List<Node> parts = new ArrayList<>();
        for (Map.Entry<String, Double> part : spec.parts().entrySet()) {
            node(recipe, part.getKey(), part.getValue(), tasks, above, notes).ifPresent(parts::add);
        }
        List<TaskPattern> wanted = TaskPattern.all(spec.tasks());
        List<TaskPattern> except = TaskPattern.all(spec.except());
        boolean all = wanted.isEmpty() && spec.parts().isEmpty();
        List<Leaf> leaves = tasks.stream()
                .filter(task -> task.size() > 0 && (all || fit(wanted, task)) && !fit(except, task))
                .map(task -> new Leaf(task, spec, capacity(task, recipe.maxEpochs())))
                .toList();
        above.remove(name);
        unfitting("mixtures." + name + ".tasks", wanted, recipe, tasks, notes);
        unfitting("mixtures." + name + ".except", except, recipe, tasks, notes);
        if (parts.isEmpty() && leaves.isEmpty()) {
            notes.add("mixtures." + name + ": no task with usable examples; its share goes to the others");
            return Optional.empty();
        }
        return Optional.of(new Node(name, weight, parts, leaves));
    }

    /// Notes patterns that fit no task: what was to be held out would be trained on. A set of tasks
    /// whose files are missing has a note already.
    private static void unfitting(
            String key, List<TaskPattern> patterns, Recipe recipe, List<TaskData> tasks, List<String> notes) {
        for (TaskPattern pattern : patterns) {
            boolean missing = recipe.tasks().containsKey(pattern.set())
                    && tasks.stream().noneMatch(task -> task.set().equals(pattern.set()));
            if (!missing && tasks.stream().noneMatch(pattern::fits)) {
                notes.add(key + ": no task or family fits \"" + pattern.text() + "\""
                        + Problems.nearest(
                                        pattern.text(),
                                        tasks.stream().map(TaskData::family).collect(Collectors.toSet()))
                                .map(near -> "; did you mean " + near + "?")
                                .orElse(""));
            }
        }
    }

    private static boolean fit(List<TaskPattern> patterns, TaskData task) {
        return patterns.stream().anyMatch(pattern -> pattern.fits(task));
    }

    private static long capacity(TaskData task, double maxEpochs) {
        return maxEpochs == 0 ? Long.MAX_VALUE / 4 : (long) Math.ceil(task.size() * maxEpochs);
    }
}

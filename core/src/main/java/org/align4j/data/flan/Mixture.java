package org.align4j.data.flan;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.align4j.config.Configuration;
import org.align4j.data.OnError;
import org.align4j.data.flan.prompt.Outcome;
import org.align4j.data.flan.prompt.Prompter;
import org.align4j.data.flan.prompt.TaskTemplates;
import org.align4j.data.flan.task.Task;
import org.align4j.data.flan.task.TaskData;
import org.align4j.data.flan.task.TaskFormat;
import org.align4j.data.flan.task.TaskLibrary;
import org.align4j.data.flan.task.TaskSpec;
import org.align4j.data.flan.template.Promptsource;
import org.align4j.data.flan.template.TemplateSets;
import org.align4j.random.CounterRandom;

/// A recipe with its tasks read, ready to give prompts. They come in shards: shard `s` holds a
/// share of every task's draws in an order of its own, and is a function of recipe, data and `s`
/// alone. So shards can be made by any thread, in any order, on any machine.
public final class Mixture implements AutoCloseable {
    private final Recipe recipe;
    private final TaskLibrary library;
    private final MixPlan plan;
    private final Map<String, TaskTemplates> templates;
    private final List<String> notes;
    private final List<Path> files;

    private Mixture(
            Recipe recipe,
            TaskLibrary library,
            MixPlan plan,
            Map<String, TaskTemplates> templates,
            List<String> notes,
            List<Path> files) {
        this.recipe = recipe;
        this.library = library;
        this.plan = plan;
        this.templates = templates;
        this.notes = notes;
        this.files = files;
    }

    /// Reads a recipe's tasks and checks that its templates suit them.
    ///
    /// @param file the recipe's, from which `{recipe}` in paths is told
    /// @param temporary a folder for files about as large as the data, which vanish when this is
    ///     closed
    /// @throws org.align4j.error.AlignException.Data for files that aren't there and, with
    ///     `on_error: fail`, for unusable rows
    /// @throws org.align4j.error.AlignException.Config for templates and mixtures that don't fit
    public static Mixture open(Recipe recipe, Path file, Path temporary, int threads) {
        Map<String, Path> places = places(recipe, file);
        List<String> notes = new ArrayList<>();
        List<Task> tasks = tasks(recipe, places, notes);
        TaskLibrary library = TaskLibrary.load(tasks, temporary, threads);
        boolean whole = false;
        try {
            notes.addAll(RowFaults.check(library.tasks(), recipe.onError()));
            MixPlan plan = MixPlan.of(recipe, library.tasks());
            notes.addAll(plan.notes());
            Map<String, TaskTemplates> templates = templates(recipe, places);
            notes.addAll(PlanChecks.check(plan, templates, recipe.onError()));
            whole = true;
            return new Mixture(recipe, library, plan, templates, notes, files(recipe, tasks, places));
        } finally {
            if (!whole) {
                library.close();
            }
        }
    }

    /// What stands in braces in a recipe's paths.
    private static Map<String, Path> places(Recipe recipe, Path file) {
        Path folder = Optional.ofNullable(file.getParent()).orElse(Path.of("."));
        return Map.of("data", recipe.data(), "recipe", folder);
    }

    private static List<Task> tasks(Recipe recipe, Map<String, Path> places, List<String> missing) {
        List<Task> tasks = new ArrayList<>();
        recipe.tasks().forEach((name, spec) -> tasks.addAll(Task.of(name, spec, places, missing)));
        return tasks;
    }

    /// Every file that a recipe reads, itself not among them.
    ///
    /// @param file the recipe's
    /// @throws org.align4j.error.AlignException.Data for files that aren't there
    static List<Path> files(Recipe recipe, Path file) {
        Map<String, Path> places = places(recipe, file);
        return files(recipe, tasks(recipe, places, new ArrayList<>()), places);
    }

    private static List<Path> files(Recipe recipe, List<Task> tasks, Map<String, Path> places) {
        Set<Path> files = new LinkedHashSet<>();
        tasks.forEach(task -> files.addAll(task.files()));
        recipe.tasks().values().forEach(spec -> {
            if (spec.format() instanceof TaskFormat.Promptsource raw) {
                files.add(Path.of(TaskFormat.resolve(raw.templates(), places)));
            }
        });
        recipe.templates().values().forEach(path -> files.add(Path.of(TaskFormat.resolve(path.toString(), places))));
        return List.copyOf(files);
    }

    /// The templates of each set of tasks.
    private static Map<String, TaskTemplates> templates(Recipe recipe, Map<String, Path> places) {
        Map<String, Path> own = new LinkedHashMap<>();
        recipe.templates().forEach((name, path) -> own.put(name, Path.of(TaskFormat.resolve(path.toString(), places))));
        Map<String, TaskTemplates> templates = new LinkedHashMap<>();
        recipe.tasks().forEach((name, spec) -> templates.put(name, templates(spec, own, places)));
        return templates;
    }

    private static TaskTemplates templates(TaskSpec spec, Map<String, Path> own, Map<String, Path> places) {
        List<Promptsource> jinja = spec.format() instanceof TaskFormat.Promptsource raw
                ? Promptsource.read(Path.of(TaskFormat.resolve(raw.templates(), places)), raw.only())
                : List.of();
        return new TaskTemplates(spec.templateSet(), TemplateSets.find(spec.templateSet(), own), jinja);
    }

    public Recipe recipe() {
        return recipe;
    }

    public List<TaskData> tasks() {
        return library.tasks();
    }

    public MixPlan plan() {
        return plan;
    }

    /// What a user should know: rows left out, files that are missing, tasks without examples.
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /// Every file that was read, the recipe's own not among them.
    List<Path> files() {
        return files;
    }

    /// Files that the mixture is parted into.
    public int shards() {
        return Math.toIntExact(Math.max(1, Math.ceilDiv(plan.examples(), recipe.shardExamples())));
    }

    /// The prompts of shard `shard`, in order. The stream belongs to one thread.
    public Stream<Outcome> shard(int shard) {
        List<MixPlan.Entry> entries = plan.entries();
        int shards = shards();
        long[] first = new long[entries.size()];
        int[] starts = new int[entries.size() + 1];
        for (int i = 0; i < first.length; i++) {
            long phase = phase(entries.get(i), shards);
            first[i] = (entries.get(i).examples() * shard + phase) / shards;
            long end = (entries.get(i).examples() * (shard + 1L) + phase) / shards;
            starts[i + 1] = starts[i] + Math.toIntExact(end - first[i]);
        }
        int[] order = CounterRandom.of(recipe.seed(), "flan order").permutation(starts[first.length], shard);
        Map<Integer, Prompter> prompters = new HashMap<>();
        return IntStream.of(order).mapToObj(place -> {
            int found = java.util.Arrays.binarySearch(starts, place);
            int entry = found >= 0 ? found : -found - 2;
            // of entries without examples in this shard the last begins here too
            while (starts[entry + 1] == starts[entry]) {
                entry++;
            }
            int chosen = entry;
            return prompters
                    .computeIfAbsent(chosen, index -> prompter(entries.get(index)))
                    .prompt(first[chosen] + place - starts[chosen]);
        });
    }

    /// Where an entry's draws begin to be parted: otherwise rare tasks would all stand in the last
    /// shard.
    private long phase(MixPlan.Entry entry, int shards) {
        return CounterRandom.of(recipe.seed(), "flan phase " + entry.stream()).below(shards);
    }

    /// Makes prompts of one entry of the plan, beside the mixture.
    public Prompter prompter(MixPlan.Entry entry) {
        TaskTemplates suited = Objects.requireNonNull(templates.get(entry.task().set()), entry.task()::name);
        return new Prompter(entry.task(), suited, entry.spec().prompts(), recipe.seed(), entry.stream());
    }

    /// What became of all draws, shard by shard, made as it is asked for.
    ///
    /// @throws org.align4j.error.AlignException.Data at the first prompt that could not be made,
    ///     with `on_error: fail`
    public Iterator<Outcome> iterator() {
        return new Iterator<>() {
            private Iterator<Outcome> current = shard(0).iterator();
            private int next = 1;

            @Override
            public boolean hasNext() {
                while (!current.hasNext() && next < shards()) {
                    current = shard(next++).iterator();
                }
                return current.hasNext();
            }

            @Override
            public Outcome next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("no more prompts");
                }
                Outcome outcome = current.next();
                refuse(outcome);
                return outcome;
            }
        };
    }

    /// [#iterator()] as a stream.
    public Stream<Outcome> stream() {
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(iterator(), Spliterator.ORDERED | Spliterator.NONNULL), false);
    }

    void refuse(Outcome outcome) {
        if (outcome instanceof Outcome.Refused refused && recipe.onError() == OnError.FAIL) {
            throw new org.align4j.error.AlignException.Data(
                    refused.source() + ": " + refused.fault() + "; correct it, or set on_error: skip");
        }
    }

    /// What fixes every byte of the result: the recipe, its templates and the examples.
    String fingerprint() {
        StringBuilder facts = new StringBuilder(Configuration.toYaml(recipe));
        templates.forEach(
                (set, used) -> facts.append('\n').append(set).append(' ').append(used));
        for (TaskData task : library.tasks()) {
            facts.append('\n')
                    .append(task.name())
                    .append(' ')
                    .append(task.size())
                    .append(' ')
                    .append(task.checksum())
                    .append(' ')
                    .append(Hashes.sha256(task.facts().toString().getBytes(StandardCharsets.UTF_8)));
        }
        return Hashes.sha256(facts.toString().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        library.close();
    }
}

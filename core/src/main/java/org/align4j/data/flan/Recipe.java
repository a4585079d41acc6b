package org.align4j.data.flan;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.align4j.config.Configuration;
import org.align4j.data.OnError;
import org.align4j.data.flan.task.TaskSpec;

/// A mixture to be made: which tasks, how much of each, asked how. One YAML file.
///
/// @param description one line
/// @param data the folder that `{data}` stands for in paths
/// @param seed fixes every draw
/// @param examples drawn in all; 0: as many as the tasks have, each counted up to its cap
/// @param maxEpochs times that an example is drawn at most; what a task cannot give, its neighbours
///     do. 0: any number
/// @param tasks sets of tasks by name
/// @param templates sets of templates by name and file, beside those of Align4J
/// @param mixtures by name
/// @param mix the mixture that is made
/// @param onError what happens to rows and prompts that cannot be used
/// @param shardExamples examples of an output file
/// @param format of output files
/// @param compression of output files; Parquet's is inside
/// @param survey the collection that it follows
public record Recipe(
        String description,
        Path data,
        long seed,
        long examples,
        double maxEpochs,
        Map<String, TaskSpec> tasks,
        Map<String, Path> templates,
        Map<String, MixtureSpec> mixtures,
        String mix,
        OnError onError,
        int shardExamples,
        Format format,
        Compression compression,
        Optional<Survey> survey) {
    /// What output files are.
    public enum Format {
        JSONL,
        PARQUET
    }

    /// How output files are compressed.
    public enum Compression {
        NONE,
        GZIP,
        ZSTD
    }

    public Recipe {
        tasks = Collections.unmodifiableMap(new LinkedHashMap<>(tasks));
        mixtures = Collections.unmodifiableMap(new LinkedHashMap<>(mixtures));
        templates = Collections.unmodifiableMap(new LinkedHashMap<>(templates));
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException("tasks must name at least one set of tasks");
        }
        tasks.keySet().stream().filter(name -> name.contains("/")).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException("tasks." + name + ": a set's name must not hold a slash");
        });
        if (examples < 0 || maxEpochs < 0) {
            throw new IllegalArgumentException("examples and max_epochs must be ≥ 0");
        }
        if (shardExamples < 1) {
            throw new IllegalArgumentException("shard_examples must be ≥ 1, got " + shardExamples);
        }
    }

    public static Recipe defaults(Map<String, TaskSpec> tasks) {
        return new Recipe(
                "",
                Path.of("."),
                0,
                0,
                0,
                tasks,
                Map.of(),
                Map.of("all", MixtureSpec.defaults()),
                "all",
                OnError.SKIP,
                10_000,
                Format.JSONL,
                Compression.ZSTD,
                Optional.empty());
    }

    /// A recipe to look at how tasks are asked, without reading all of them: it knows the first
    /// `rows` of each and draws as many as are wanted, so its counts say nothing about the whole.
    public Recipe sample(int rows) {
        Map<String, TaskSpec> begun = new LinkedHashMap<>();
        tasks.forEach((name, spec) -> begun.put(name, spec.upTo(rows)));
        return new Recipe(
                description,
                data,
                seed,
                Integer.MAX_VALUE,
                0,
                begun,
                templates,
                mixtures,
                mix,
                onError,
                shardExamples,
                format,
                compression,
                survey);
    }

    /// The end of the output files' names.
    String suffix() {
        return switch (format) {
            case PARQUET -> ".parquet";
            case JSONL ->
                switch (compression) {
                    case NONE -> ".jsonl";
                    case GZIP -> ".jsonl.gz";
                    case ZSTD -> ".jsonl.zst";
                };
        };
    }

    /// Reads a recipe.
    ///
    /// @param overrides texts `key.sub=value`
    /// @throws org.align4j.error.AlignException.Config naming every fault with its line
    public static Recipe read(Path file, List<String> overrides) {
        return Configuration.read(Recipe.class, file, overrides);
    }

    /// Whether a name is that of a recipe's file.
    public static boolean isRecipe(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".yaml") || lower.endsWith(".yml");
    }
}

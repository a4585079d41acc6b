package org.align4j.data.flan.task;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.align4j.data.rows.DataFiles;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;

/// One task: a name, a family, and the files that hold its examples.
///
/// @param name unique in a recipe
/// @param family tasks of one source, or of one kind
public record Task(String name, String family, TaskSpec spec, List<Path> files) {
    public Task {
        files = List.copyOf(files);
    }

    /// The tasks of the set called `set`.
    ///
    /// @param places what `{data}` and `{recipe}` stand for
    /// @param missing takes a note of files that aren't there and may be missing
    /// @throws AlignException.Data naming files that aren't there, or that make two tasks of one
    ///     name
    public static List<Task> of(String set, TaskSpec spec, Map<String, Path> places, List<String> missing) {
        List<String> names = spec.files().stream()
                .map(name -> TaskFormat.resolve(name, places))
                .toList();
        List<Path> files = spec.optional() ? found(set, names, missing) : required(set, names);
        if (files.isEmpty()) {
            return List.of();
        }
        if (spec.joined()) {
            return List.of(new Task(set, family(set, set, spec), spec, files));
        }
        Problems problems = new Problems();
        List<Task> tasks = new ArrayList<>();
        for (Path file : files) {
            String stem = stem(file);
            String name = set + "/" + stem;
            if (tasks.stream().anyMatch(task -> task.name().equals(name))) {
                problems.add(file + ": a second task called " + name + "; rename the file, or set joined: true");
            }
            tasks.add(new Task(name, family(name, stem, spec), spec, List.of(file)));
        }
        problems.throwIfAny("tasks." + set + ":", AlignException.Data::new);
        return tasks;
    }

    private static List<Path> required(String set, List<String> names) {
        try {
            return DataFiles.resolve(names);
        } catch (AlignException.Data e) {
            throw new AlignException.Data(
                    "tasks." + set + ": " + e.getMessage() + "\n  (data: names the folder that {data} stands for;"
                            + " optional: true leaves out tasks without files)",
                    e);
        }
    }

    private static List<Path> found(String set, List<String> names, List<String> missing) {
        Set<Path> files = new LinkedHashSet<>();
        for (String name : names) {
            try {
                files.addAll(DataFiles.resolve(List.of(name)));
            } catch (AlignException.Data _) {
                missing.add("tasks." + set + ": no such files, left out (" + name + ")");
            }
        }
        return List.copyOf(files);
    }

    private static String family(String name, String stem, TaskSpec spec) {
        if (!spec.family().isEmpty()) {
            return spec.family();
        }
        return spec.families().stream()
                .filter(stem::startsWith)
                .max(Comparator.comparingInt(String::length))
                .orElse(name);
    }

    /// The file's name without `.jsonl`, `.tsv.gz` and their like.
    private static String stem(Path file) {
        return String.valueOf(file.getFileName())
                .replaceFirst("(?i)(\\.(jsonl|ndjson|json|csv|tsv|parquet|txt|text))?(\\.(gz|zst))?$", "");
    }
}

package org.align4j.data.rows;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;

/// Finds the files that a configuration names: a file, a directory (its data files, not its
/// sub-directories'), or a glob such as `data/*.jsonl` or `data/**/train-*.parquet`. The order is
/// the order of naming, and by name inside a directory or glob, so that it is the same everywhere.
public final class DataFiles {
    private DataFiles() {}

    /// The files that `names` stand for, each once.
    ///
    /// @throws AlignException.Data naming every name that stands for no file
    public static List<Path> resolve(List<String> names) {
        Problems problems = new Problems();
        Set<Path> files = new LinkedHashSet<>();
        if (names.isEmpty()) {
            problems.add("data: no file is named; name a file, a directory or a glob");
        }
        for (String name : names) {
            try {
                files.addAll(resolve(name, problems));
            } catch (IOException | InvalidPathException | java.util.regex.PatternSyntaxException e) {
                problems.add(name + ": cannot be read (" + e.getMessage() + "); check the path");
            }
        }
        problems.throwIfAny("data files:", AlignException.Data::new);
        return List.copyOf(files);
    }

    private static List<Path> resolve(String name, Problems problems) throws IOException {
        if (isGlob(name)) {
            List<Path> matches = glob(name);
            if (matches.isEmpty()) {
                problems.add(name + ": no file matches; check the pattern");
            }
            return matches;
        }
        Path path = Path.of(name);
        if (Files.isDirectory(path)) {
            return directory(path, problems);
        }
        if (!Files.exists(path)) {
            problems.add(name + ": no such file; check the path");
            return List.of();
        }
        return List.of(path);
    }

    private static boolean isGlob(String name) {
        return name.chars().anyMatch(c -> c == '*' || c == '?' || c == '[' || c == '{') && !Files.exists(Path.of(name));
    }

    private static List<Path> directory(Path directory, Problems problems) throws IOException {
        List<Path> files = new ArrayList<>();
        Set<RowFormat> formats = new TreeSet<>();
        try (Stream<Path> children = Files.list(directory)) {
            for (Path child : children.sorted().toList()) {
                String name = child.getFileName().toString();
                // what `align4j data mix` says about its files is none of them
                boolean data = !name.startsWith(".") && !name.equals("manifest.json");
                if (data && Files.isRegularFile(child)) {
                    RowFormat.byName(name).ifPresent(format -> {
                        formats.add(format);
                        files.add(child);
                    });
                }
            }
        }
        if (files.isEmpty()) {
            problems.add(directory + ": holds no data file (" + RowFormat.known() + ", each also .gz or .zst)");
        }
        // A tokenizer.json or a licence beside the data must not slip in as data.
        if (formats.size() > 1) {
            problems.add(
                    directory + ": holds files of several formats " + formats + "; name the ones to read by a glob");
        }
        return files;
    }

    private static List<Path> glob(String pattern) throws IOException {
        int firstWildcard = 0;
        while ("*?[{".indexOf(pattern.charAt(firstWildcard)) < 0) {
            firstWildcard++;
        }
        int slash = pattern.lastIndexOf('/', firstWildcard);
        Path root = Path.of(slash < 0 ? "." : slash == 0 ? "/" : pattern.substring(0, slash));
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        String relative = pattern.substring(slash + 1);
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + relative);
        int depth = relative.contains("**")
                ? Integer.MAX_VALUE
                : (int) relative.chars().filter(c -> c == '/').count() + 1;
        try (Stream<Path> paths = Files.walk(root, depth)) {
            return paths.filter(path -> Files.isRegularFile(path) && matcher.matches(root.relativize(path)))
                    .map(path -> slash < 0 ? root.relativize(path) : path)
                    .sorted()
                    .toList();
        }
    }
}

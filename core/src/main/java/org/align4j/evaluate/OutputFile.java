package org.align4j.evaluate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.align4j.error.AlignException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a model put out for the items of a set: one JSON object a line, written as it is done, so
/// that an interrupted evaluation goes on. The first line holds the key: what the outputs were
/// computed from. Another key makes the file start anew.
///
/// @param <T> a record, written as its components
final class OutputFile<T> {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private final Optional<Path> file;
    private final Class<T> type;
    private final Map<Integer, T> outputs = new TreeMap<>();

    /// @param file empty: outputs are kept in memory only
    OutputFile(Optional<Path> file, String key, Class<T> type) {
        this.file = file;
        this.type = type;
        file.ifPresent(path -> open(path, key));
    }

    private void open(Path path, String key) {
        String header = MAPPER.writeValueAsString(Map.of("key", key)) + "\n";
        try {
            Files.createDirectories(Objects.requireNonNull(path.toAbsolutePath().getParent(), "a file has a folder"));
            String text = Files.exists(path) ? Files.readString(path) : "";
            if (!text.startsWith(header)) {
                Files.writeString(path, header);
                return;
            }
            // a kill may have torn the last line
            String whole = text.substring(0, text.lastIndexOf('\n') + 1);
            if (whole.length() < text.length()) {
                Files.writeString(path, whole);
            }
            whole.lines().skip(1).forEach(line -> read(path, line));
        } catch (IOException e) {
            throw failure(path, e);
        }
    }

    private void read(Path path, String line) {
        try {
            JsonNode node = MAPPER.readTree(line);
            if (node.path("item").isInt() && node.path("output").isObject()) {
                outputs.put(node.get("item").asInt(), MAPPER.treeToValue(node.get("output"), type));
                return;
            }
        } catch (JacksonException e) {
            throw new AlignException.Data(noOutput(path, line), e);
        }
        throw new AlignException.Data(noOutput(path, line));
    }

    private static String noOutput(Path path, String line) {
        return path + ": holds a line that is no output: " + line + "; delete the file to compute it again";
    }

    /// Items without an output, in order.
    List<Integer> missing(int items) {
        List<Integer> missing = new ArrayList<>();
        for (int i = 0; i < items; i++) {
            if (!outputs.containsKey(i)) {
                missing.add(i);
            }
        }
        return missing;
    }

    /// Adds outputs and hands them to the system.
    void add(Map<Integer, T> more) {
        outputs.putAll(more);
        file.ifPresent(path -> {
            StringBuilder lines = new StringBuilder();
            more.forEach((item, output) -> lines.append(
                            MAPPER.writeValueAsString(new TreeMap<>(Map.of("item", item, "output", output))))
                    .append('\n'));
            try {
                Files.writeString(path, lines, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw failure(path, e);
            }
        });
    }

    /// The outputs of all items, in order.
    List<T> all() {
        return List.copyOf(outputs.values());
    }

    private static AlignException failure(Path path, IOException e) {
        return new AlignException.Checkpoint(
                path + ": cannot be read or written: " + e.getMessage() + "; free some space or name another output",
                e);
    }
}

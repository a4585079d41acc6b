package org.align4j.bench.frontier;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.align4j.run.DurableFiles;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Files of JSON that are there whole or not at all.
final class Lines {
    private Lines() {}

    static void write(Path file, List<?> rows) {
        StringBuilder lines = new StringBuilder();
        rows.forEach(
                row -> lines.append(JsonMapper.shared().writeValueAsString(row)).append('\n'));
        write(file, lines.toString());
    }

    static void write(Path file, String text) {
        try {
            Files.createDirectories(Objects.requireNonNull(file.toAbsolutePath().getParent()));
            DurableFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What `file` holds, or what is made and put there now.
    static <T> T kept(Path file, TypeReference<T> type, Supplier<T> made) {
        if (Files.exists(file)) {
            return JsonMapper.shared().readValue(file.toFile(), type);
        }
        T value = made.get();
        write(file, JsonMapper.shared().writeValueAsString(value));
        return value;
    }
}

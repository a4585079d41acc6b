package org.align4j.pipeline.cai;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.align4j.error.AlignException;
import org.align4j.run.DurableFiles;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/// Rows of records as JSON lines, keys in snake case: what stages leave for people and for each
/// other.
final class StageFile {
    static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private StageFile() {}

    /// Writes all rows or nothing.
    static void write(Path file, List<?> rows) {
        StringBuilder lines = new StringBuilder();
        rows.forEach(row -> lines.append(JSON.writeValueAsString(row)).append('\n'));
        writeText(file, lines.toString());
    }

    static void writeText(Path file, String text) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            DurableFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AlignException.Data(file + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /// The rows of a file that [#write] made.
    ///
    /// @throws AlignException.Data naming the line that can't be read
    static <T> List<T> read(Path file, Class<T> type) {
        List<T> rows = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                rows.add(JSON.readValue(line, type));
            }
            return rows;
        } catch (JacksonException e) {
            throw new AlignException.Data(
                    file + ":" + (rows.size() + 1) + ": cannot be read: " + e.getOriginalMessage()
                            + "; delete its folder to make it anew",
                    e);
        } catch (IOException e) {
            throw new AlignException.Data(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /// The one object in a file.
    ///
    /// @throws AlignException.Data when it can't be read
    static <T> T readWhole(Path file, Class<T> type) {
        try {
            return JSON.readValue(Files.readString(file), type);
        } catch (JacksonException e) {
            throw new AlignException.Data(file + ": cannot be read: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new AlignException.Data(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}

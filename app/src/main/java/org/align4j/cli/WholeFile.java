package org.align4j.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.align4j.error.AlignException;

/// A text file that is there whole or not at all: lines go to a temporary file beside it, which
/// takes its name at the end.
final class WholeFile implements AutoCloseable {
    private final Path file;
    private final Path temporary;
    private final BufferedWriter writer;

    private WholeFile(Path file, Path temporary, BufferedWriter writer) {
        this.file = file;
        this.temporary = temporary;
        this.writer = writer;
    }

    /// @throws AlignException.Config when the file can't be written
    static WholeFile create(Path file) {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        try {
            return new WholeFile(
                    file,
                    temporary,
                    new BufferedWriter(
                            new OutputStreamWriter(Files.newOutputStream(temporary), StandardCharsets.UTF_8), 1 << 16));
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    void line(String text) {
        try {
            writer.write(text);
            writer.write('\n');
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    /// Gives the file its name. Without it, closing throws away what was written.
    void publish() {
        try {
            writer.close();
            Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    @Override
    public void close() {
        try (writer) {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            throw failure(temporary, e);
        }
    }

    private static AlignException failure(Path file, IOException e) {
        return new AlignException.Config(
                file + ": cannot be written (" + e.getClass().getSimpleName() + ": " + e.getMessage()
                        + "); check that its folder exists, is writable and has room",
                e);
    }
}

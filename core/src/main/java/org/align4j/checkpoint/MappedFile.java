package org.align4j.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.align4j.error.AlignException;

/// Maps whole files of any size, read-only.
final class MappedFile {
    private MappedFile() {}

    /// Maps `file` for the life of `arena`.
    ///
    /// @throws AlignException.Checkpoint when the file is missing or cannot be read
    static MemorySegment map(Path file, Arena arena) {
        if (!Files.isRegularFile(file)) {
            String fault = Files.exists(file) ? "is not a file" : "no such file";
            throw new AlignException.Checkpoint(file + ": " + fault + "; check the path, or download the model again");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (IOException e) {
            throw new AlignException.Checkpoint(
                    "%s: cannot be read (%s); check the file's permissions".formatted(file, e), e);
        }
    }
}

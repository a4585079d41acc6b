package org.align4j.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.align4j.error.AlignException;

/// Whether a run's checkpoints will fit.
final class DiskSpace {
    private static final double GIGA = 1e9;

    private DiskSpace() {}

    /// What to tell a user whose disk is too small.
    ///
    /// @param folder where checkpoints go
    /// @param checkpoint bytes of one
    /// @param kept how many are kept, beside the best and the one being written
    static Optional<String> warning(Path folder, long checkpoint, int kept) {
        long wanted = checkpoint * (kept + 2L);
        long free = free(folder);
        return free >= wanted
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "%s: %.2f GB are free, but %d checkpoints of %.2f GB may be there at once; free some space,"
                                + " lower keep, or name another output",
                        folder,
                        free / GIGA,
                        kept + 2,
                        checkpoint / GIGA));
    }

    private static long free(Path folder) {
        try {
            return Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            throw new AlignException.Checkpoint(folder + ": its free space is unknown: " + e.getMessage(), e);
        }
    }
}

package org.align4j.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/// Resident memory of this process as the kernel counts it.
public final class ProcessMemory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private ProcessMemory() {}

    /// Highest resident memory so far in bytes; empty where the system doesn't tell.
    public static OptionalLong peakRss() {
        return field("VmHWM:");
    }

    /// Resident memory now in bytes; empty where the system doesn't tell.
    public static OptionalLong rss() {
        return field("VmRSS:");
    }

    private static OptionalLong field(String name) {
        if (!Files.isReadable(STATUS)) {
            return OptionalLong.empty();
        }
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith(name))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst();
        } catch (IOException _) {
            // a system that hides the file tells nothing
            return OptionalLong.empty();
        }
    }
}

package org.align4j.rl.reward;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.align4j.error.AlignException;

/// Runs programs that nobody has read: in an empty folder that is deleted after, without the
/// environment, with limits of time, memory, file size and processes, and killed with all that they
/// started. Where Linux allows it (`unshare`) they have their own process and network namespaces,
/// so that nothing outlives them and nothing goes out; elsewhere they have a process group, and the
/// network. It is no jail against someone who means harm: files that your user may read stay
/// readable.
final class Sandbox {
    private static final int MOST_PROCESSES = 64;
    private static final long FILE_BYTES = 16 << 20;
    private static final int OUTPUT_SHOWN = 2000;

    private final List<String> command;
    private final Duration timeout;
    private final int memory;
    private final boolean namespaces;

    /// How a program ended.
    ///
    /// @param output the end of what it wrote
    record Outcome(Ending ending, String output) {}

    /// Why a program ended.
    enum Ending {
        /// With status 0.
        PASSED,
        /// With another status, or killed by a limit of memory, files or processes.
        FAILED,
        /// It ran too long.
        TIMED_OUT
    }

    /// @param command that runs the file whose name is added to it
    /// @param timeout wall clock
    /// @param memory MiB of address space of each process
    Sandbox(List<String> command, Duration timeout, int memory) {
        this.command = command;
        this.timeout = timeout;
        this.memory = memory;
        this.namespaces = hasNamespaces();
    }

    private static boolean hasNamespaces() {
        try {
            Process probe = new ProcessBuilder("unshare", "-r", "-p", "-f", "-n", "--kill-child", "true")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return probe.waitFor(10, TimeUnit.SECONDS) && probe.exitValue() == 0;
        } catch (IOException e) {
            // there is no such command
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Whether programs have their own process and network namespaces.
    boolean isolated() {
        return namespaces;
    }

    /// Runs one program.
    ///
    /// @throws AlignException.Config where the command can't be started
    Outcome run(String program) {
        Path folder = temporaryFolder();
        try {
            Path output = folder.resolve("output");
            Files.writeString(folder.resolve("program"), program);
            Process process = new ProcessBuilder(limited())
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended;
            try {
                ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
            } finally {
                kill(process);
            }
            Ending ending = !ended ? Ending.TIMED_OUT : process.exitValue() == 0 ? Ending.PASSED : Ending.FAILED;
            return new Outcome(ending, end(output));
        } catch (IOException e) {
            throw new AlignException.Config(
                    "rewards: code cannot be run (" + e.getMessage() + "); it needs bash, and " + command.getFirst(),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome(Ending.TIMED_OUT, "interrupted");
        } finally {
            delete(folder);
        }
    }

    private List<String> limited() {
        List<String> line = new ArrayList<>();
        if (namespaces) {
            line.addAll(List.of("unshare", "-r", "-p", "-f", "-n", "--kill-child=SIGKILL"));
        } else {
            line.add("setsid");
        }
        String limits = "ulimit -c 0 -v " + memory * 1024L + " -f " + FILE_BYTES / 1024 + " -t "
                + (timeout.toSeconds() + 1) + "; ulimit -u " + MOST_PROCESSES + " 2>/dev/null; ";
        line.addAll(List.of(
                "env",
                "-i",
                "PATH=" + System.getenv("PATH"),
                "HOME=.",
                "LANG=C.UTF-8",
                "bash",
                "-c",
                limits + "exec \"$@\"",
                "sandbox"));
        line.addAll(command);
        line.add("program");
        return line;
    }

    /// All that the program started goes too: with its namespace, or as its descendants.
    private static void kill(Process process) throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
    }

    private static String end(Path output) throws IOException {
        long size = Files.size(output);
        try (var channel = Files.newByteChannel(output)) {
            channel.position(Math.max(0, size - OUTPUT_SHOWN));
            var bytes = ByteBuffer.allocate(OUTPUT_SHOWN);
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // until it is full, or the file ends
            }
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
        }
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("align4j-code");
        } catch (IOException e) {
            throw new AlignException.Config("rewards: no temporary folder for code: " + e.getMessage(), e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            // a program may leave what can't be deleted: it is in the system's temporary folder
            folder.toFile().deleteOnExit();
        }
    }
}

package org.align4j.rl.reward;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.align4j.error.AlignException;

/// Runs programs that nobody has read: in an empty folder that is deleted after, without the
/// environment, with limits of time, memory, file size and processes, and killed with all that they
/// started. Where Linux allows it (`unshare`) they have their own process and network namespaces,
/// so that nothing outlives them and nothing goes out; elsewhere they have a process group, and the
/// network. For root they run as nobody, who may read all but write nothing: Linux doesn't limit
/// root's processes. It is no jail against someone who means harm: files that your user may read or
/// write stay readable and writable.
final class Sandbox {
    private static final int MOST_PROCESSES = 64;
    private static final long FILE_BYTES = 16 << 20;
    private static final int OUTPUT_SHOWN = 2000;

    private static final int NOBODY = 65534;

    private final List<String> command;
    private final Duration timeout;
    private final int memory;
    private final List<String> apart;

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
    /// @throws AlignException.Config where there is no such command
    Sandbox(List<String> command, Duration timeout, int memory) {
        this.command = joined(List.of(place(command.getFirst())), command.subList(1, command.size()));
        this.timeout = timeout;
        this.memory = memory;
        this.apart = apart(this.command.getFirst());
    }

    /// Where the shell finds a program.
    private static String place(String program) {
        return output(List.of("bash", "-c", "type -P \"$0\"", program))
                .orElseThrow(() -> new AlignException.Config("rewards: code needs bash and " + program
                        + ", and one of them isn't there; install it, or name another command"));
    }

    /// What keeps a program apart: the best way that is allowed here.
    private static List<String> apart(String program) {
        return ways().stream()
                .filter(way -> output(joined(way, List.of("bash", "-c", "test -x \"$0\"", program)))
                        .isPresent())
                .findFirst()
                .orElseThrow(() -> new AlignException.Config("rewards: code cannot be kept apart: that needs Linux with"
                        + " setsid (util-linux), and for root setpriv; install them, or run as another user"));
    }

    private static List<List<String>> ways() {
        List<String> session = List.of("setsid");
        if (!System.getProperty("user.name").equals("root")) {
            return List.of(List.of("unshare", "-r", "-p", "-f", "-n", "--kill-child=SIGKILL"), session);
        }
        List<String> namespaces = List.of("unshare", "-p", "-f", "-n");
        List<String> nobody = List.of(
                "setpriv",
                "--reuid=" + NOBODY,
                "--regid=" + NOBODY,
                "--clear-groups",
                "--no-new-privs",
                "--pdeathsig=KILL");
        // the command may be in a folder of root's
        List<String> reading =
                joined(nobody, List.of("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"));
        return List.of(
                joined(namespaces, reading),
                joined(namespaces, nobody),
                joined(session, reading),
                joined(session, nobody));
    }

    private static List<String> joined(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    /// What a command writes; absent where it can't be run or fails.
    private static Optional<String> output(List<String> line) {
        try {
            Process probe = new ProcessBuilder(line)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return probe.waitFor(10, TimeUnit.SECONDS) && probe.exitValue() == 0
                    ? Optional.of(new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip())
                    : Optional.empty();
        } catch (IOException e) {
            // there is no such command
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /// Whether programs have their own process and network namespaces.
    boolean isolated() {
        return apart.getFirst().equals("unshare");
    }

    /// Runs one program.
    ///
    /// @throws AlignException.Config where the command can't be started
    Outcome run(String program) {
        Path folder = temporaryFolder();
        Path output = folder.resolve("output");
        // it is opened before the program can put something else in its place, such as a pipe
        try (SeekableByteChannel said = Files.newByteChannel(
                output, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            Path inside = Files.createDirectory(folder.resolve("work"));
            // half a surrogate pair becomes a question mark
            Files.write(inside.resolve("program"), program.getBytes(StandardCharsets.UTF_8));
            if (apart.contains("setpriv")) {
                Files.setAttribute(inside, "unix:uid", NOBODY);
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
                Files.setPosixFilePermissions(inside.resolve("program"), PosixFilePermissions.fromString("rw-r--r--"));
            }
            Process process = new ProcessBuilder(limited())
                    .directory(inside.toFile())
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
            return new Outcome(ending, end(said));
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
        List<String> line = new ArrayList<>(apart);
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

    /// All that the program started goes too: with its namespace, or with its process group and as
    /// its descendants.
    private void kill(Process process) throws InterruptedException, IOException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
        if (!isolated()) {
            // its children may have outlived it
            new ProcessBuilder("bash", "-c", "kill -KILL -- \"-$0\"", String.valueOf(process.pid()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor(5, TimeUnit.SECONDS);
        }
    }

    private static String end(SeekableByteChannel output) throws IOException {
        output.position(Math.max(0, output.size() - OUTPUT_SHOWN));
        var bytes = ByteBuffer.allocate(OUTPUT_SHOWN);
        while (bytes.hasRemaining() && output.read(bytes) >= 0) {
            // until it is full, or the file ends
        }
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("align4j-code");
        } catch (IOException e) {
            throw new AlignException.Config("rewards: no temporary folder for code: " + e.getMessage(), e);
        }
    }

    /// What can't be deleted stays: it is in the system's temporary folder.
    private static void delete(Path path) {
        try {
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                // a program may close its folders, which keeps all but root out
                if (!Files.isReadable(path) || !Files.isWritable(path) || !Files.isExecutable(path)) {
                    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
                }
                try (DirectoryStream<Path> inside = Files.newDirectoryStream(path)) {
                    inside.forEach(Sandbox::delete);
                }
            }
            Files.deleteIfExists(path);
        } catch (IOException | DirectoryIteratorException e) {
            path.toFile().deleteOnExit();
        }
    }
}

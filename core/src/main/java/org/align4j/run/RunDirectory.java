package org.align4j.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.align4j.config.Configuration;
import org.align4j.error.AlignException;
import org.jspecify.annotations.Nullable;

/// A run's folder, held for writing: a second process that wants it is refused until this one
/// closes it or dies.
public final class RunDirectory implements AutoCloseable {
    private final RunFiles files;
    private final FileChannel lockChannel;
    private final Metrics metrics;
    private final JsonLines samples;

    private RunDirectory(RunFiles files, FileChannel lockChannel) {
        this.files = files;
        this.lockChannel = lockChannel;
        this.metrics = new Metrics(files.metrics());
        this.samples = new JsonLines(files.samples());
    }

    /// Refuses what [#create] or [#resume] would refuse, and touches nothing: to be asked before
    /// long work.
    public static void check(Path folder, boolean resumed, Record config, Map<String, ?> recorded) {
        RunFiles files = new RunFiles(folder);
        if (resumed) {
            requireSame(files, config, recorded);
        } else {
            requireNone(files);
        }
    }

    private static void requireNone(RunFiles files) {
        if (files.exists()) {
            throw new AlignException.Config(
                    files.folder() + ": holds a run already; add --resume to go on with it, or name another output");
        }
        if (Files.exists(files.folder()) && !Files.isDirectory(files.folder())) {
            throw new AlignException.Config(files.folder() + ": is a file; name a folder as output");
        }
    }

    private static void requireSame(RunFiles files, Record config, Map<String, ?> recorded) {
        if (!files.exists()) {
            throw new AlignException.Config(files.folder() + ": holds no run to resume (config.yaml is missing)");
        }
        List<String> differences = RunDifferences.between(read(files.config()), config, recorded);
        if (!differences.isEmpty()) {
            throw new AlignException.Config(files.folder()
                    + ": cannot be resumed with another configuration or data; undo this or name another output:"
                    + "\n  " + String.join("\n  ", differences));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AlignException.Checkpoint(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /// Begins a run in `folder`, which must not hold one yet.
    ///
    /// @param config the resolved configuration, seed included
    /// @param recorded facts beside it; see [Provenance]
    /// @throws AlignException.Config when the folder holds a run
    /// @throws AlignException.Checkpoint when another process holds the folder or it cannot be
    ///     written
    public static RunDirectory create(Path folder, Record config, Map<String, ?> recorded) {
        RunFiles files = new RunFiles(folder);
        FileChannel lock = lock(files);
        return closingOnFailure(lock, () -> {
            requireNone(files);
            DurableFiles.write(
                    files.config(), Configuration.toYaml(config, recorded).getBytes(StandardCharsets.UTF_8));
            return new RunDirectory(files, lock);
        });
    }

    /// Takes up the run in `folder` again: temporary files of a killed process are removed.
    ///
    /// @param recorded facts as for [#create]; the data hashes among them must be as they were
    /// @throws AlignException.Config when there is no run, or its configuration or data differ
    public static RunDirectory resume(Path folder, Record config, Map<String, ?> recorded) {
        RunFiles files = new RunFiles(folder);
        requireSame(files, config, recorded);
        FileChannel lock = lock(files);
        return closingOnFailure(lock, () -> {
            files.checkpoints().clean();
            return new RunDirectory(files, lock);
        });
    }

    public RunFiles files() {
        return files;
    }

    public Checkpoints checkpoints() {
        return files.checkpoints();
    }

    public Metrics metrics() {
        return metrics;
    }

    /// Appends to `samples.jsonl`.
    public void sample(long step, Map<String, ?> values) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(Metrics.STEP, step);
        line.putAll(values);
        samples.append(line);
    }

    /// Forgets what was logged after `step`, for a run that goes on from there.
    ///
    /// @throws AlignException.Checkpoint when there are later checkpoints, which nothing here
    ///     deletes
    public void rewind(long step) {
        checkpoints().newest().filter(newest -> newest.step() > step).ifPresent(newest -> {
            throw new AlignException.Checkpoint(
                    newest.folder() + ": is later than step " + step + "; move it away to go on from there");
        });
        metrics.cutAfter(step);
        samples.cutAfter(step);
    }

    /// Records what the run is doing.
    public void state(RunState state) {
        state.write(files.stateFile());
    }

    @Override
    public void close() {
        metrics.close();
        samples.close();
        try {
            lockChannel.close();
        } catch (IOException e) {
            throw new AlignException.Checkpoint(files.lock() + ": cannot be released: " + e.getMessage(), e);
        }
    }

    private static FileChannel lock(RunFiles files) {
        try {
            Files.createDirectories(files.folder());
            FileChannel channel = FileChannel.open(files.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                throw new AlignException.Checkpoint(
                        files.folder() + ": another process is working on this run; wait for it or stop it");
            }
            return channel;
        } catch (FileSystemException e) {
            throw new AlignException.Checkpoint(
                    files.folder() + ": cannot be written: " + e.getMessage() + "; name another output", e);
        } catch (IOException e) {
            throw new AlignException.Checkpoint(files.lock() + ": cannot be locked: " + e.getMessage(), e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException _) {
            return null;
        }
    }

    private interface Opening {
        RunDirectory open() throws IOException;
    }

    private static RunDirectory closingOnFailure(FileChannel lock, Opening opening) {
        boolean opened = false;
        try {
            RunDirectory run = opening.open();
            opened = true;
            return run;
        } catch (IOException e) {
            throw new AlignException.Checkpoint("the run cannot be opened: " + e.getMessage(), e);
        } finally {
            if (!opened) {
                release(lock);
            }
        }
    }

    private static void release(FileChannel lock) {
        try {
            lock.close();
        } catch (IOException e) {
            throw new AlignException.Checkpoint("the run's lock cannot be released: " + e.getMessage(), e);
        }
    }
}

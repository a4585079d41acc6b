package org.align4j.data.flan;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.align4j.data.flan.prompt.Outcome;
import org.align4j.error.AlignException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Writes a mixture's shards as files, several at a time. A file is there whole or not at all; what
/// is there already is not made again, so that an interrupted run goes on where it stopped.
public final class MixWriter {
    /// Lines between two looks at whether to stop.
    private static final int STEP = 256;

    private final Mixture mixture;
    private final Path folder;
    private final String plan;
    private final LongConsumer progress;
    private final BooleanSupplier interrupted;
    private final AtomicBoolean stopping = new AtomicBoolean();

    /// @param folder where files go; made if it isn't there
    /// @param progress hears of examples written, from several threads
    /// @param interrupted whether to stop
    /// @throws AlignException.Config when the folder holds another mixture
    public MixWriter(Mixture mixture, Path folder, LongConsumer progress, BooleanSupplier interrupted) {
        this.mixture = mixture;
        this.folder = folder;
        this.plan = mixture.fingerprint();
        this.progress = progress;
        this.interrupted = interrupted;
        claim();
    }

    /// Writes part `part` of `parts`: every `parts`-th shard. Independent processes write different
    /// parts; the files of all are those that one process would have written.
    ///
    /// @return the manifest, once the files of all parts are there
    /// @throws AlignException.Data for a prompt that cannot be made, with `on_error: fail`
    /// @throws CancellationException when interrupted
    public Optional<Manifest> write(int part, int parts, int threads) {
        List<Integer> shards = IntStream.range(0, mixture.shards())
                .filter(shard -> shard % parts == part)
                .boxed()
                .toList();
        AtomicInteger next = new AtomicInteger();
        try (ExecutorService pool = Executors.newFixedThreadPool(Math.max(1, Math.min(threads, shards.size())))) {
            List<Future<?>> works = new ArrayList<>();
            for (int worker = 0; worker < Math.min(threads, shards.size()); worker++) {
                works.add(pool.submit(() -> {
                    for (int i = next.getAndIncrement(); i < shards.size(); i = next.getAndIncrement()) {
                        stopIfWanted();
                        shard(shards.get(i));
                    }
                }));
            }
            join(works);
        }
        return manifest();
    }

    private void join(List<Future<?>> works) {
        try {
            Optional<Throwable> failure = Optional.empty();
            for (Future<?> work : works) {
                try {
                    work.get();
                } catch (ExecutionException e) {
                    stopping.set(true);
                    // that a worker stopped because another failed is no news
                    boolean news = failure.isEmpty() || failure.get() instanceof CancellationException;
                    failure = news ? Optional.ofNullable(e.getCause()) : failure;
                }
            }
            if (failure.isPresent()) {
                throw failure.get() instanceof RuntimeException known
                        ? known
                        : new IllegalStateException(failure.get());
            }
        } catch (InterruptedException e) {
            stopping.set(true);
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while a mixture was written");
        }
    }

    private void stopIfWanted() {
        if (stopping.get() || interrupted.getAsBoolean()) {
            throw new CancellationException("interrupted while a mixture was written");
        }
    }

    private String name(int shard) {
        return "part-%05d%s".formatted(shard, mixture.recipe().suffix());
    }

    private Path recordOf(int shard) {
        return folder.resolve(".parts").resolve("part-%05d.json".formatted(shard));
    }

    private void shard(int shard) {
        if (record(shard).isPresent()) {
            progress.accept(record(shard).get().examples());
            return;
        }
        Path file = folder.resolve(name(shard));
        Path temporary = folder.resolve("." + name(shard) + ".tmp");
        boolean whole = false;
        try {
            ShardRecord record = lines(shard, file, temporary);
            // what a record says to be there must be on the disk
            try (FileChannel written = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                written.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            replace(recordOf(shard), JsonMapper.shared().writeValueAsBytes(record));
            whole = true;
        } catch (IOException e) {
            throw failure(file, e);
        } finally {
            if (!whole) {
                stopping.set(true);
                discard(temporary);
            }
        }
    }

    private ShardRecord lines(int shard, Path file, Path temporary) throws IOException {
        ShardRecord.Tally tally = new ShardRecord.Tally();
        DigestOutputStream bytes = new DigestOutputStream(Files.newOutputStream(temporary), Hashes.digest());
        try (PromptFile lines = PromptFile.of(mixture.recipe(), bytes);
                Stream<Outcome> outcomes = mixture.shard(shard)) {
            int pending = 0;
            for (Outcome outcome : (Iterable<Outcome>) outcomes::iterator) {
                switch (outcome) {
                    case Outcome.Made made -> {
                        tally.made(made.example());
                        lines.write(made.example());
                    }
                    case Outcome.Refused refused -> {
                        mixture.refuse(refused);
                        tally.refused(refused);
                    }
                }
                if (++pending == STEP) {
                    progress.accept(pending);
                    pending = 0;
                    stopIfWanted();
                }
            }
            progress.accept(pending);
        }
        return tally.record(
                plan, String.valueOf(file.getFileName()), Files.size(temporary), Hashes.hex(bytes.getMessageDigest()));
    }

    /// The record of a shard that is there, whole and of this plan.
    private Optional<ShardRecord> record(int shard) {
        Path record = recordOf(shard);
        try {
            if (!Files.exists(record)) {
                return Optional.empty();
            }
            ShardRecord read = JsonMapper.shared().readValue(Files.readAllBytes(record), ShardRecord.class);
            Path file = folder.resolve(read.file());
            boolean there = read.plan().equals(plan) && Files.exists(file) && Files.size(file) == read.bytes();
            return there ? Optional.of(read) : Optional.empty();
        } catch (JacksonException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw failure(record, e);
        }
    }

    /// Makes the folder, or makes sure that it belongs to this plan.
    private void claim() {
        Path mark = folder.resolve(".parts").resolve("plan");
        try {
            Files.createDirectories(folder.resolve(".parts"));
            if (!Files.exists(mark)) {
                replace(mark, plan.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            } else if (!Files.readString(mark).equals(plan)) {
                throw new AlignException.Config(folder
                        + ": holds a mixture of another recipe, seed or data; delete it, or name another folder");
            }
        } catch (IOException e) {
            throw failure(folder, e);
        }
    }

    private Optional<Manifest> manifest() {
        List<ShardRecord> records = new ArrayList<>();
        for (int shard = 0; shard < mixture.shards(); shard++) {
            Optional<ShardRecord> record = record(shard);
            if (record.isEmpty()) {
                return Optional.empty();
            }
            records.add(record.get());
        }
        try {
            Manifest manifest = Manifest.of(mixture, plan, records);
            replace(
                    folder.resolve("manifest.json"),
                    JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsBytes(manifest));
            return Optional.of(manifest);
        } catch (IOException e) {
            throw failure(folder, e);
        }
    }

    /// Under a name of its own until it is whole: several processes may write parts of one mixture.
    private static void replace(Path file, byte[] content) throws IOException {
        Path temporary = file.resolveSibling("." + file.getFileName() + "-" + UUID.randomUUID() + ".tmp");
        Files.write(temporary, content);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void discard(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            throw failure(temporary, e);
        }
    }

    private static AlignException.Data failure(Path file, IOException e) {
        return new AlignException.Data(
                file + ": cannot be written: " + e.getMessage() + "; free some space or name another folder", e);
    }
}

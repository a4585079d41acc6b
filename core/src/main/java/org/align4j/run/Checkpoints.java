package org.align4j.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.align4j.error.AlignException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The folders `checkpoints/step-N` of a run. A folder of that name is complete: it is written
/// under a temporary name, made durable and renamed, so that a kill at any moment leaves the
/// earlier checkpoints as they were.
public final class Checkpoints {
    private static final Pattern NAME = Pattern.compile("step-(\\d{1,18})");
    private static final Pattern ASIDE = Pattern.compile("\\.(step-\\d{1,18})\\.old");
    private static final String BEST = "best.json";

    private final Path folder;

    /// @param folder that holds them; need not exist
    public Checkpoints(Path folder) {
        this.folder = folder;
    }

    /// Writes the files of a checkpoint into an empty folder.
    @FunctionalInterface
    public interface Writer {
        void writeTo(Path folder) throws IOException;
    }

    /// A complete checkpoint.
    ///
    /// @param step the steps done when it was written
    public record Checkpoint(long step, Path folder) {}

    /// The checkpoint with the best evaluation so far.
    ///
    /// @param value what it was chosen by, such as `eval/loss`
    public record Best(long step, double value) {}

    /// Complete checkpoints, oldest step first.
    public List<Checkpoint> list() {
        List<Checkpoint> found = new ArrayList<>();
        for (Path child : children()) {
            Matcher name = NAME.matcher(child.getFileName().toString());
            if (name.matches() && Files.isDirectory(child)) {
                found.add(new Checkpoint(Long.parseLong(name.group(1)), child));
            }
        }
        found.sort(Comparator.comparingLong(Checkpoint::step));
        return List.copyOf(found);
    }

    /// The complete checkpoint of the highest step.
    public Optional<Checkpoint> newest() {
        List<Checkpoint> all = list();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
    }

    /// The checkpoint that [#markBest] named, when it is still there.
    public Optional<Checkpoint> best() {
        return bestValue()
                .flatMap(best -> list().stream()
                        .filter(checkpoint -> checkpoint.step() == best.step())
                        .findFirst());
    }

    /// What [#markBest] recorded.
    public Optional<Best> bestValue() {
        Path file = folder.resolve(BEST);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(file));
            return Optional.of(new Best(
                    json.required("step").asLong(), json.required("value").asDouble()));
        } catch (IOException | JacksonException e) {
            throw new AlignException.Checkpoint(file + ": cannot be read; delete it to choose the best anew", e);
        }
    }

    /// Writes the checkpoint of `step`, replacing one of the same step.
    ///
    /// @return the complete folder
    /// @throws AlignException.Checkpoint when the disk refuses; earlier checkpoints are as they
    ///     were
    public Path save(long step, Writer writer) {
        Path target = folder.resolve("step-" + step);
        Path temporary = folder.resolve(".step-" + step + ".tmp");
        try {
            Files.createDirectories(folder);
            DurableFiles.deleteTreeIfThere(temporary);
            Files.createDirectory(temporary);
            writer.writeTo(temporary);
            DurableFiles.syncTree(temporary);
            Path aside = folder.resolve("." + target.getFileName() + ".old");
            if (Files.exists(target)) {
                DurableFiles.deleteTreeIfThere(aside);
                DurableFiles.move(target, aside);
            }
            DurableFiles.move(temporary, target);
            DurableFiles.deleteTreeIfThere(aside);
            return target;
        } catch (IOException | AlignException e) {
            throw unsaved(target, temporary, e);
        }
    }

    private static AlignException.Checkpoint unsaved(Path target, Path temporary, Exception cause) {
        String reason = cause instanceof IOException io ? reason(io) : String.valueOf(cause.getMessage());
        AlignException.Checkpoint failure = new AlignException.Checkpoint(
                target + ": cannot be written: " + reason
                        + "; earlier checkpoints are intact: free some space, then --resume",
                cause);
        try {
            // what was written may be what fills the disk
            DurableFiles.deleteTreeIfThere(temporary);
        } catch (IOException cleaning) {
            failure.addSuppressed(cleaning);
        }
        return failure;
    }

    /// Names the best checkpoint; [#keep] never deletes it.
    public void markBest(long step, double value) {
        Path file = folder.resolve(BEST);
        try {
            DurableFiles.write(file, JsonMapper.shared().writeValueAsBytes(new Best(step, value)));
        } catch (IOException e) {
            throw new AlignException.Checkpoint(file + ": cannot be written: " + reason(e), e);
        }
    }

    /// Deletes the oldest checkpoints beyond the newest `count`, sparing the best.
    public void keep(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("at least one checkpoint must be kept, got " + count);
        }
        List<Checkpoint> all = list();
        long best = bestValue().map(Best::step).orElse(-1L);
        for (Checkpoint checkpoint : all.subList(0, Math.max(0, all.size() - count))) {
            if (checkpoint.step() != best) {
                delete(checkpoint);
            }
        }
    }

    /// Deletes the checkpoints of steps before `step`, and what a killed process left.
    public void keepFrom(long step) {
        clean();
        for (Checkpoint checkpoint : list()) {
            if (checkpoint.step() < step) {
                delete(checkpoint);
            }
        }
    }

    private void delete(Checkpoint checkpoint) {
        try {
            // half a checkpoint must never bear a complete one's name
            Path doomed = folder.resolve(".step-" + checkpoint.step() + ".deleted");
            DurableFiles.deleteTreeIfThere(doomed);
            DurableFiles.move(checkpoint.folder(), doomed);
            DurableFiles.deleteTreeIfThere(doomed);
        } catch (IOException e) {
            throw new AlignException.Checkpoint(checkpoint.folder() + ": cannot be deleted: " + reason(e), e);
        }
    }

    /// Removes what a killed process left and puts back a checkpoint that was being replaced.
    void clean() {
        for (Path child : children()) {
            String name = child.getFileName().toString();
            Matcher aside = ASIDE.matcher(name);
            try {
                if (aside.matches() && !Files.exists(folder.resolve(aside.group(1)))) {
                    DurableFiles.move(child, folder.resolve(aside.group(1)));
                } else if (name.startsWith(".")) {
                    DurableFiles.deleteTreeIfThere(child);
                }
            } catch (IOException e) {
                throw new AlignException.Checkpoint(child + ": cannot be removed: " + reason(e), e);
            }
        }
    }

    private List<Path> children() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.toList();
        } catch (IOException e) {
            throw new AlignException.Checkpoint(folder + ": cannot be listed: " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName() + ": " + e.getMessage();
    }
}

package org.align4j.train.policy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.align4j.checkpoint.AtomicFile;
import org.align4j.error.AlignException;
import org.align4j.run.RunFiles;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// `rollouts/` of a run: the experience of each iteration from that of the newest checkpoint on,
/// written before anything is learned from it. So a run goes on in the midst of an iteration, and
/// rewards that were asked for elsewhere aren't asked for again.
///
/// @param folder of the run
record ExperienceFiles(Path folder) {
    /// What an iteration learns from: as it was written before an interruption, or as it is drawn
    /// now and written. What no checkpoint needs any more is deleted.
    ///
    /// @param drawing gives nothing where it is interrupted
    Optional<Experience> of(long iteration, IterationConfig iterations, Supplier<Optional<Experience>> drawing) {
        Optional<Experience> written = read(iteration);
        if (written.isPresent()) {
            return written;
        }
        Optional<Experience> drawn = drawing.get();
        drawn.ifPresent(whole -> {
            write(iteration, whole);
            new RunFiles(folder)
                    .checkpoints()
                    .newest()
                    .ifPresent(checkpoint -> forgetBefore(iterations.iteration(checkpoint.step())));
        });
        return drawn;
    }

    private Path file(long iteration) {
        return folder.resolve("rollouts").resolve("iteration-" + iteration + ".json");
    }

    /// What was written of an iteration.
    Optional<Experience> read(long iteration) {
        Path file = file(iteration);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JsonMapper.shared().readValue(file.toFile(), Experience.class));
        } catch (JacksonException e) {
            throw new AlignException.Checkpoint(
                    file + ": cannot be read (" + e.getOriginalMessage()
                            + "); delete it, and its answers are drawn again",
                    e);
        }
    }

    /// Writes an iteration, whole or not at all.
    void write(long iteration, Experience experience) {
        byte[] bytes = JsonMapper.shared().writeValueAsBytes(experience);
        AtomicFile.replace(file(iteration), sink -> sink.write(MemorySegment.ofArray(bytes)));
    }

    /// Deletes those of iterations before `iteration`.
    private void forgetBefore(long iteration) {
        try (Stream<Path> files = Files.list(file(0).getParent())) {
            for (Path file : files.toList()) {
                String number = file.getFileName().toString().replaceAll("\\D", "");
                if (!number.isEmpty() && Long.parseLong(number) < iteration) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new AlignException.Checkpoint(folder + ": old rollouts cannot be deleted: " + e.getMessage(), e);
        }
    }
}

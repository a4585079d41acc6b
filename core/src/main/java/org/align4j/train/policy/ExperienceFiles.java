package org.align4j.train.policy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.align4j.checkpoint.AtomicFile;
import org.align4j.error.AlignException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// `rollouts/` of a run: the experience of each iteration from that of the newest checkpoint on,
/// written before anything is learned from it. So a run goes on in the midst of an iteration, and
/// rewards that were asked for elsewhere aren't asked for again.
///
/// @param folder of the run
record ExperienceFiles(Path folder) {
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
    void forgetBefore(long iteration) {
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

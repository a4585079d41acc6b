package org.align4j.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.align4j.error.AlignException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What a run is doing or how it ended, in `state.json`.
///
/// @param step steps done
/// @param totalSteps steps planned, 0 before that is known
/// @param reason why it failed, empty otherwise
public record RunState(Kind kind, long step, long totalSteps, String reason) {
    /// States as `align4j runs` lists them.
    public enum Kind {
        /// Its process works on it.
        RUNNING,
        /// All steps are done.
        FINISHED,
        /// The user stopped it; it can go on with `--resume`.
        INTERRUPTED,
        /// A fault ended it.
        FAILED,
        /// Its process is gone without a word: killed, or the machine stopped.
        KILLED,
        /// Nothing is recorded.
        UNKNOWN
    }

    static RunState read(Path file) {
        if (!Files.exists(file)) {
            return new RunState(Kind.UNKNOWN, 0, 0, "");
        }
        try {
            JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(file));
            Kind kind = Kind.valueOf(json.required("state").asString());
            boolean gone = kind == Kind.RUNNING && !alive(json);
            return new RunState(
                    gone ? Kind.KILLED : kind,
                    json.path("step").asLong(0),
                    json.path("total_steps").asLong(0),
                    json.path("reason").asString(""));
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            throw new AlignException.Checkpoint(file + ": cannot be read; delete it", e);
        }
    }

    void write(Path file) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("state", kind.name()).put("step", step).put("total_steps", totalSteps);
        json.put("reason", reason);
        json.put("pid", ProcessHandle.current().pid());
        json.put("pid_started", startOf(ProcessHandle.current()));
        try {
            DurableFiles.write(file, JsonMapper.shared().writeValueAsBytes(json));
        } catch (IOException e) {
            throw new AlignException.Checkpoint(file + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /// Process ids are used again: the start tells one process from the next.
    private static boolean alive(JsonNode json) {
        Optional<ProcessHandle> process = ProcessHandle.of(json.path("pid").asLong(-1));
        return process.isPresent()
                && process.get().isAlive()
                && startOf(process.get()) == json.path("pid_started").asLong(-1);
    }

    private static long startOf(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }
}

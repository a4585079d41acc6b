package org.align4j.pipeline.quickstart;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.align4j.error.AlignException;
import org.align4j.run.DurableFiles;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// How long stages took, all calls that worked on them together: `times.json`.
final class StageTimes {
    private static final TypeReference<TreeMap<String, Spent>> FORM = new TypeReference<>() {};

    private final Path file;
    private final Map<String, Spent> spent;

    /// @param finished whether the stage came to its end, after which reading its results again
    ///     doesn't count
    private record Spent(double seconds, boolean finished) {}

    private StageTimes(Path file, Map<String, Spent> spent) {
        this.file = file;
        this.spent = spent;
    }

    /// What earlier calls left in the folder.
    static StageTimes in(Path folder) {
        Path file = folder.resolve("times.json");
        try {
            return new StageTimes(
                    file,
                    Files.exists(file) ? JsonMapper.shared().readValue(Files.readString(file), FORM) : new TreeMap<>());
        } catch (IOException | JacksonException e) {
            throw new AlignException.Data(file + ": cannot be read (" + e.getMessage() + "); delete it", e);
        }
    }

    /// Works on a stage; its time counts also where that fails or is interrupted.
    StageResult timed(Stage stage, Supplier<StageResult> work) {
        long begun = System.nanoTime();
        boolean finished = false;
        try {
            StageResult result = work.get();
            finished = true;
            return result;
        } finally {
            Spent before = spent.getOrDefault(stage.folder(), new Spent(0, false));
            if (!before.finished()) {
                spent.put(stage.folder(), new Spent(before.seconds() + (System.nanoTime() - begun) / 1e9, finished));
                write();
            }
        }
    }

    /// Seconds of a stage, evaluation included.
    double seconds(Stage stage) {
        return spent.getOrDefault(stage.folder(), new Spent(0, false)).seconds();
    }

    private void write() {
        try {
            DurableFiles.write(
                    file, (JsonMapper.shared().writeValueAsString(spent) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AlignException.Checkpoint(file + ": cannot be written: " + e.getMessage(), e);
        }
    }
}

package org.align4j.pipeline.quickstart;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.align4j.error.AlignException;
import org.align4j.run.DurableFiles;

/// The starter model that ships with the project: a base model of the small world.
public final class Starter {
    private static final List<String> FILES = List.of(
            "config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json");

    private Starter() {}

    /// Writes the model into `folder`, unless it is there already.
    ///
    /// @throws AlignException.Checkpoint where it can't be written
    public static Path unpack(Path folder) {
        try {
            Files.createDirectories(folder);
            for (String name : FILES) {
                Path file = folder.resolve(name);
                if (Files.exists(file)) {
                    continue;
                }
                try (InputStream in = Starter.class.getResourceAsStream("/org/align4j/starter/" + name)) {
                    if (in == null) {
                        throw new IllegalStateException("the starter model's " + name + " is not in the application");
                    }
                    DurableFiles.write(file, in.readAllBytes());
                }
            }
            return folder;
        } catch (IOException e) {
            throw new AlignException.Checkpoint(
                    folder + ": the starter model can't be written here (" + e.getMessage() + "); name another folder",
                    e);
        }
    }
}

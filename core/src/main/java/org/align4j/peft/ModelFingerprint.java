package org.align4j.peft;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.align4j.checkpoint.ModelSource;
import org.align4j.error.AlignException;
import org.align4j.run.Provenance;

/// Tells models apart by what is in their files, whatever they are called: a model trained anew in
/// the same place is another.
public final class ModelFingerprint {
    private ModelFingerprint() {}

    /// The hashes of the files that a model is made of, a line each; of an adapter also those of
    /// its base. A gigabyte of weights takes about a second.
    ///
    /// @param model a model directory, a GGUF file, a run, or a PEFT adapter directory
    public static String of(Path model) {
        Optional<AdapterDirectory> adapter = AdapterDirectory.at(model);
        return adapter.isPresent()
                ? files(adapter.get().path()) + of(adapter.get().base())
                : files(ModelSource.of(model).path());
    }

    private static String files(Path path) {
        if (Files.isRegularFile(path)) {
            return Provenance.sha256(path) + "\n";
        }
        try (Stream<Path> files = Files.list(path)) {
            StringBuilder lines = new StringBuilder();
            for (Path file :
                    files.filter(ModelFingerprint::isOfTheModel).sorted().toList()) {
                lines.append(file.getFileName())
                        .append(' ')
                        .append(Provenance.sha256(file))
                        .append('\n');
            }
            return lines.toString();
        } catch (IOException e) {
            throw new AlignException.Model(path + ": cannot be listed: " + e.getMessage(), e);
        }
    }

    private static boolean isOfTheModel(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".safetensors") || name.endsWith(".json") || name.endsWith(".jinja");
    }
}

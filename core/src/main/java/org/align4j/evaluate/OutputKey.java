package org.align4j.evaluate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.error.AlignException;

/// Says what outputs were computed from: the model's files (names, sizes, times of change), how it
/// computes, the set's items and the settings.
final class OutputKey {
    private OutputKey() {}

    static String of(LoadedModel model, EvaluationSet set, String settings) {
        String facts = String.join(
                "\n",
                files(model.source().path()),
                model.model().dtype().toString(),
                set.items().toString(),
                settings);
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(facts.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String files(Path model) {
        try (Stream<Path> files = Files.walk(model, 1)) {
            List<Path> sorted = files.filter(Files::isRegularFile).sorted().toList();
            StringBuilder facts = new StringBuilder();
            for (Path file : sorted) {
                facts.append(file.toAbsolutePath().normalize())
                        .append(' ')
                        .append(Files.size(file))
                        .append(' ')
                        .append(Files.getLastModifiedTime(file).toMillis())
                        .append('\n');
            }
            return facts.toString();
        } catch (IOException e) {
            throw new AlignException.Model(model + ": cannot be read: " + e.getMessage(), e);
        }
    }
}

package org.align4j.pipeline.cai;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.align4j.data.rows.DataFiles;
import org.align4j.pipeline.synthetic.Statistics;
import org.align4j.run.Provenance;

/// `stage.json` in a stage's folder: whether it is done, from what, and what it cost.
///
/// @param inputs a hash of everything that decides the result
/// @param statistics empty until it is done
record StageRecord(String stage, String inputs, boolean done, double seconds, Optional<Statistics> statistics) {
    private static final String FILE = "stage.json";

    /// Of a stage's folder; empty where none began.
    static Optional<StageRecord> read(Path folder) {
        Path file = folder.resolve(FILE);
        return Files.exists(file)
                ? Optional.of(StageFile.read(file, StageRecord.class).getFirst())
                : Optional.empty();
    }

    void write(Path folder) {
        StageFile.write(folder.resolve(FILE), List.of(this));
    }

    /// A hash of what decides a stage's result.
    ///
    /// @param before the hash of the stage that it starts from
    /// @param parts settings
    /// @param files whose contents count
    static String inputs(String before, List<?> parts, List<String> files) {
        List<String> hashes = files.isEmpty()
                ? List.of()
                : DataFiles.resolve(files).stream().map(Provenance::sha256).toList();
        String text = before + StageFile.JSON.writeValueAsString(parts) + hashes;
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

package org.align4j.run;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.error.AlignException;

/// Facts that a run records beside its configuration: what it was made with and from.
public final class Provenance {
    static final String DATA = "data";

    private Provenance() {}

    /// This version of Align4J; `development` when it isn't run from its jar.
    public static String version() {
        return Optional.ofNullable(Provenance.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    /// Version, Java, machine, and the SHA-256 of each of `data`.
    public static Map<String, Object> of(List<Path> data) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("version", version());
        facts.put("java", Runtime.version().toString());
        facts.put("machine", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        facts.put("processors", Runtime.getRuntime().availableProcessors());
        Map<String, String> hashes = new LinkedHashMap<>();
        data.forEach(file -> hashes.put(file.toString(), sha256(file)));
        facts.put(DATA, hashes);
        return facts;
    }

    /// The SHA-256 of a file's bytes in lower-case hexadecimal.
    public static String sha256(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new AlignException.Data(file + ": cannot be read: " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

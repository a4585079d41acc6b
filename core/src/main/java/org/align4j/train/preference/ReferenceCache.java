package org.align4j.train.preference;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import org.align4j.checkpoint.ElementType;
import org.align4j.checkpoint.Safetensors;
import org.align4j.checkpoint.SafetensorsWriter;
import org.align4j.checkpoint.TensorSource;
import org.align4j.data.TokenizedExample;
import org.align4j.error.AlignException;
import org.align4j.peft.ModelFingerprint;
import org.align4j.train.Precision;

/// Log-probabilities under a reference on disk, in a file that is named by the hash of all they
/// follow from: the reference's files, the type of the computation, and the tokens, which
/// tokenizer, template and data decide. So those of another model or template are never taken for
/// these.
///
/// @param file `HASH.safetensors`
/// @param sequences whose trained tokens it holds, one after another
record ReferenceCache(Path file, List<TokenizedExample> sequences) {
    private static final String LOGPS = "logps";

    /// @param folder that holds such files
    /// @param model the reference, as a configuration names it
    static ReferenceCache of(Path folder, Path model, Precision precision, List<TokenizedExample> sequences) {
        MessageDigest digest = sha256();
        digest.update(("reference log-probabilities 1\n" + precision + "\n" + ModelFingerprint.of(model))
                .getBytes(StandardCharsets.UTF_8));
        for (TokenizedExample sequence : sequences) {
            ByteBuffer bytes = ByteBuffer.allocate(4 + 5 * sequence.length()).putInt(sequence.length());
            for (int t = 0; t < sequence.length(); t++) {
                bytes.putInt(sequence.tokens()[t]).put((byte) (sequence.lossMask()[t] ? 1 : 0));
            }
            digest.update(bytes.array());
        }
        String name = HexFormat.of().formatHex(digest.digest()).substring(0, 32);
        return new ReferenceCache(folder.resolve(name + ".safetensors"), sequences);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /// What is on disk; empty where nothing is.
    ///
    /// @throws AlignException.Checkpoint for a damaged file
    Optional<Map<TokenizedExample, float[]>> read() {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (Safetensors tensors = Safetensors.open(file)) {
            long tokens = sequences.stream()
                    .mapToLong(TokenizedExample::trainedTokens)
                    .sum();
            if (!tensors.names().contains(LOGPS) || tensors.shape(LOGPS)[0] != tokens) {
                throw new AlignException.Checkpoint(
                        file + ": doesn't hold " + tokens + " log-probabilities; delete it, and it is made again");
            }
            float[] all = tensors.raw(LOGPS).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
            Map<TokenizedExample, float[]> logps = new HashMap<>();
            int from = 0;
            for (TokenizedExample sequence : sequences) {
                float[] own = new float[sequence.trainedTokens()];
                System.arraycopy(all, from, own, 0, own.length);
                from += own.length;
                logps.put(sequence, own);
            }
            return Optional.of(logps);
        }
    }

    /// Puts them on disk.
    void write(Map<TokenizedExample, float[]> logps) {
        float[] all = new float
                [sequences.stream().mapToInt(TokenizedExample::trainedTokens).sum()];
        int count = 0;
        for (TokenizedExample sequence : sequences) {
            float[] own = Objects.requireNonNull(logps.get(sequence), "not among the reference's sequences");
            System.arraycopy(own, 0, all, count, own.length);
            count += own.length;
        }
        SequencedMap<String, TensorSource> tensors = new LinkedHashMap<>();
        tensors.put(
                LOGPS, TensorSource.ofFloats(ElementType.F32, new long[] {count}, () -> MemorySegment.ofArray(all)));
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new AlignException.Config(
                    file.getParent() + ": cannot be made: " + e.getMessage() + "; name another reference.cache", e);
        }
        SafetensorsWriter.write(file, tensors, Map.of("sequences", String.valueOf(sequences.size())));
    }
}

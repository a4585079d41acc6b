package org.align4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import org.align4j.error.AlignException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever happens to a file, reading it either works or ends in a message for the user.
class DamagedFilesTest {
    private static final int CASES = 400;

    @TempDir
    Path folder;

    @Test
    void damagedSafetensorsEndInAMessage() throws IOException {
        Path file = folder.resolve("x.safetensors");
        SafetensorsWriter.write(file, tensors(), Map.of("epoch", "3"));
        checkDamaged(file, 11);
    }

    @Test
    void damagedGgufEndsInAMessage() throws IOException {
        Path file = folder.resolve("x.gguf");
        SequencedMap<String, GgufValue> metadata = new LinkedHashMap<>();
        metadata.put("general.architecture", GgufValue.text("llama"));
        metadata.put("general.alignment", GgufValue.u32(32));
        metadata.put("tokens", GgufValue.texts("a", "b", "cc"));
        metadata.put("scores", GgufValue.reals(1, 2, 3));
        metadata.put("flag", GgufValue.flag(true));
        GgufWriter.write(file, metadata, tensors());
        checkDamaged(file, 12);
    }

    private static SequencedMap<String, TensorSource> tensors() {
        SequencedMap<String, TensorSource> tensors = new LinkedHashMap<>();
        tensors.put("model.w", RawTensor.of(new long[] {2, 3}, 1, 2, 3, 4, 5, 6));
        tensors.put(
                "model.b",
                TensorSource.ofFloats(
                        ElementType.BF16,
                        new long[] {2},
                        () -> RawTensor.of(new long[] {2}, 1, 2).data()));
        tensors.put("model.empty", RawTensor.of(new long[] {0}));
        return tensors;
    }

    /// Flips bits, overwrites numbers with extreme ones, and cuts: a few places a case.
    private void checkDamaged(Path original, long seed) throws IOException {
        byte[] whole = Files.readAllBytes(original);
        Path file = folder.resolve("damaged-" + original.getFileName());
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < CASES; i++) {
            byte[] bytes = whole.clone();
            for (int place = 0; place <= random.nextInt(3); place++) {
                int at = random.nextInt(bytes.length);
                switch (random.nextInt(3)) {
                    case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                    case 1 ->
                        Arrays.fill(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(8)), (byte)
                                random.nextInt(256));
                    default -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
                }
            }
            Files.write(file, bytes);
            refused += readsOrRefuses(file) ? 0 : 1;
        }
        // Damage to values goes unseen; damage to the header is most of these small files.
        assertThat(refused).isBetween(CASES / 4, CASES);
    }

    /// Anything but an [AlignException] fails the test.
    private static boolean readsOrRefuses(Path file) {
        try (WeightFile read = WeightFile.open(file)) {
            for (String name : read.names()) {
                assertThat(SafetensorsTest.floats(read, name)).hasSize((int) read.valueCount(name));
            }
            return true;
        } catch (AlignException e) {
            assertThat(e.getMessage()).startsWith(file.toString());
            return false;
        }
    }
}

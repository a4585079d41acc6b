package org.align4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardTest {
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(1), ZoneOffset.UTC);

    @TempDir
    Path folder;

    /// The messages of the only file, each behind a length that fits.
    private List<String> messages() throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            ByteBuffer bytes = ByteBuffer.wrap(
                            Files.readAllBytes(files.findFirst().orElseThrow()))
                    .order(ByteOrder.LITTLE_ENDIAN);
            List<String> messages = new ArrayList<>();
            while (bytes.hasRemaining()) {
                byte[] message = new byte[(int) bytes.getLong()];
                bytes.getInt();
                bytes.get(message);
                bytes.getInt();
                messages.add(HexFormat.of().formatHex(message));
            }
            return messages;
        }
    }

    @Test
    void writesEventsAsProtocolBuffers() throws Exception {
        try (TensorBoard board = new TensorBoard(folder, 0, CLOCK)) {
            board.scalar("a", 1, 300);
        }
        assertThat(messages())
                .containsExactly(
                        // wall time 1.0, step 0, file version "brain.Event:2"
                        "09000000000000f03f" + "1000" + "1a0d627261696e2e4576656e743a32",
                        // wall time 1.0, step 300, summary of one value: tag "a", 1.0f
                        "09000000000000f03f" + "10ac02" + "2a0a" + "0a08" + "0a0161" + "150000803f");
    }

    @Test
    void checksumsAreMaskedCrc32c() throws Exception {
        new TensorBoard(folder, 0, CLOCK).close();
        try (Stream<Path> files = Files.list(folder)) {
            ByteBuffer bytes = ByteBuffer.wrap(
                            Files.readAllBytes(files.findFirst().orElseThrow()))
                    .order(ByteOrder.LITTLE_ENDIAN);
            byte[] length = new byte[8];
            bytes.get(length);
            assertThat(bytes.getInt()).isEqualTo(maskedBitByBit(length));
            byte[] message = new byte[length[0]];
            bytes.get(message);
            assertThat(bytes.getInt()).isEqualTo(maskedBitByBit(message));
        }
    }

    /// CRC-32C by its polynomial (Castagnoli, reflected 0x82F63B78), then TFRecord's mask.
    private static int maskedBitByBit(byte[] bytes) {
        int remainder = -1;
        for (byte next : bytes) {
            remainder ^= next & 0xFF;
            for (int bit = 0; bit < 8; bit++) {
                remainder = remainder >>> 1 ^ ((remainder & 1) == 0 ? 0 : 0x82F63B78);
            }
        }
        int checksum = ~remainder;
        return (checksum >>> 15 | checksum << 17) + 0xa282ead8;
    }

    @Test
    void resumedRunOpensALaterFile() throws Exception {
        new TensorBoard(folder, 0, CLOCK).close();
        new TensorBoard(folder, 10, CLOCK).close();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()).sorted())
                    .containsExactly(
                            "events.out.tfevents.0000000001.align4j.0", "events.out.tfevents.0000000001.align4j.1");
        }
    }
}

package org.align4j.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.align4j.data.format.ExampleReader;
import org.align4j.data.format.FormatOptions;
import org.align4j.data.rows.ReadOptions;
import org.align4j.data.rows.Rows;
import org.align4j.error.AlignException;
import org.align4j.testing.Shared;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files damaged at random: rows are read or reported, and nothing but an AlignException is thrown.
class BrokenInputTest {
    private static final int ROUNDS = 150;

    @TempDir
    private Path folder;

    private final Random random = new Random(20_26);

    @Test
    void damagedTextFilesAreReadOrReported() throws IOException {
        String lines =
                "{\"prompt\": \"Qé\", \"completion\": \"A\"}\n{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}\n";
        Map<String, byte[]> files = new TreeMap<>(Map.of(
                "a.jsonl", lines.getBytes(StandardCharsets.UTF_8),
                "a.json", ("[" + lines.strip().replace("\n", ",") + "]").getBytes(StandardCharsets.UTF_8),
                "a.csv", "prompt,completion\n\"Q \"\"é\"\"\n\",A\nB,C\n".getBytes(StandardCharsets.UTF_8),
                "a.tsv", "prompt\tcompletion\nQé\\n\tA\n".getBytes(StandardCharsets.UTF_8),
                "a.txt", "one\n<|endoftext|>\ntwo é\n".getBytes(StandardCharsets.UTF_8),
                "a.jsonl.gz", gzip(lines.repeat(20))));
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            damageAndRead(file.getKey(), file.getValue(), ROUNDS);
        }
    }

    @Test
    void damagedParquetIsReadOrReported() throws IOException {
        byte[] parquet = Files.readAllBytes(Shared.data("models/digit_completion/test.parquet"));
        damageAndRead("a.parquet", parquet, ROUNDS);
    }

    private void damageAndRead(String name, byte[] whole, int rounds) throws IOException {
        for (int round = 0; round < rounds; round++) {
            Path file = Files.write(folder.resolve(name), damaged(whole));
            DataReport report = new DataReport();
            try (Rows rows = Rows.open(List.of(file.toString()), ReadOptions.DEFAULT, report)) {
                List<Example> examples = new ExampleReader(FormatOptions.DEFAULT, report).readAll(rows);
                examples.forEach(example -> report.use());
                report.check(OnError.FAIL);
                assertThat(report.used()).isPositive();
            } catch (AlignException e) {
                assertThat(e).as("round %d of %s", round, name).isInstanceOf(AlignException.Data.class);
                assertThat(e).hasMessageContaining("data");
            }
        }
    }

    private byte[] damaged(byte[] whole) {
        byte[] bytes = whole.clone();
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return random.nextInt(3) == 0 ? java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }
}

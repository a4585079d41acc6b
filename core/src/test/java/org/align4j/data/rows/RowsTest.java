package org.align4j.data.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.align4j.data.DataReport;
import org.align4j.data.OnError;
import org.align4j.data.SkipReason;
import org.align4j.error.AlignException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowsTest {
    @TempDir
    private Path folder;

    private final DataReport report = new DataReport();

    private Path write(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    private Path write(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    private List<Row> read(ReadOptions options, Path... files) {
        List<Row> rows = new ArrayList<>();
        try (Rows open = Rows.open(Arrays.stream(files).map(Path::toString).toList(), options, report)) {
            open.forEachRemaining(rows::add);
        }
        return rows;
    }

    private List<Row> read(Path... files) {
        return read(ReadOptions.DEFAULT, files);
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    @Test
    void readsJsonLinesWithTheirLineNumbers() throws IOException {
        List<Row> rows =
                read(write("a.jsonl", "\ufeff{\"text\": \"é😀\"}\r\n\n{\"text\": null, \"n\": [1, {\"a\": NaN}]}"));
        assertThat(rows).extracting(Row::line).containsExactly(1L, 3L);
        assertThat(rows.getFirst().fields()).isEqualTo(Map.of("text", "é😀"));
        assertThat(rows.get(1).fields()).containsEntry("text", null).containsKey("n");
        assertThat(report.rowsRead()).isEqualTo(2);
    }

    @Test
    void reportsBrokenLinesTogetherAndReadsTheOthers() throws IOException {
        byte[] good = "{\"a\": 1}\n{\"a\": \n[1]\n{\"a\": 1, \"a\": 2}\n{\"a\":3} x\n".getBytes(StandardCharsets.UTF_8);
        byte[] bad = {'{', '"', 'a', '"', ':', '"', (byte) 0xff, '"', '}', '\n'};
        byte[] all = Arrays.copyOf(good, good.length + bad.length);
        System.arraycopy(bad, 0, all, good.length, bad.length);
        Path file = write("broken.jsonl", all);
        assertThat(read(file)).hasSize(1);
        assertThat(report.skipped(SkipReason.BROKEN_ROW).count()).isEqualTo(5);
        assertThatThrownBy(() -> report.check(OnError.FAIL))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining(file + ":2: broken JSON")
                .hasMessageContaining(file + ":3: not a JSON object")
                .hasMessageContaining(file + ":4: broken JSON: Duplicate")
                .hasMessageContaining(file + ":6: byte 7 is not valid UTF-8")
                .hasMessageContaining("data.on_error: skip");
    }

    @Test
    void skipPolicyKeepsWhatIsGood() throws IOException {
        read(write("broken.jsonl", "{\"a\": 1}\n{"));
        report.use();
        report.check(OnError.SKIP);
        assertThat(report.summary()).startsWith("2 rows read, 1 used").contains("broken rows: 1");
    }

    @Test
    void readsArraysWrappedArraysAndConcatenatedObjects() throws IOException {
        assertThat(read(write("a.json", "[{\"a\": 1},\n {\"a\": 2}]"))).hasSize(2);
        assertThat(read(write("b.json", "{\"version\": 1, \"data\": [{\"a\": 1}, {\"a\": 2}, {\"a\": 3}]}")))
                .hasSize(3);
        assertThat(read(write("c.json", "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}")))
                .hasSize(1);
        assertThat(read(write("d.json", "{\n \"a\": 1\n}\n{\n \"a\": 2}"))).hasSize(2);
        assertThat(read(write("lines.json", "{\"a\": 1}\n{\"a\": 2}\n"))).hasSize(2);
        assertThat(report.faults()).isZero();
    }

    @Test
    void tellsWhereAJsonFileBreaks() throws IOException {
        Path file = write("a.json", "[{\"a\": 1},\n {\"a\": ]");
        assertThat(read(file)).hasSize(1);
        assertThat(report.skipped(SkipReason.UNREADABLE_FILE).examples().getFirst())
                .startsWith(file + ":2: broken JSON on line 2");
    }

    @Test
    void readsQuotedCsvWithLineBreaksInCells() throws IOException {
        List<Row> rows = read(write("a.csv", "prompt,completion\n\"a, \"\"b\"\"\nc\",d\ne,f\n"));
        assertThat(rows).extracting(Row::line).containsExactly(2L, 4L);
        assertThat(rows.getFirst().fields()).isEqualTo(Map.of("prompt", "a, \"b\"\nc", "completion", "d"));
    }

    @Test
    void reportsCsvRowsWithTooManyCells() throws IOException {
        Path file = write("a.csv", "a,b\n1,2\n1,2,3\n1\n");
        assertThat(read(file)).hasSize(1);
        assertThat(report.skipped(SkipReason.BROKEN_ROW).examples())
                .containsExactly(
                        file + ":3: 3 cells where the header has 2 columns; check delimiter and quotes",
                        file + ":4: 1 cells where the header has 2 columns; check delimiter and quotes");
    }

    @Test
    void readsTsvWithoutHeaderWhenColumnsAreNamed() throws IOException {
        List<Row> rows = read(
                ReadOptions.DEFAULT.withHeader(List.of("question", "answer")),
                write("a.tsv", "\"Is it?\"\\nYes or no\tno\n"));
        assertThat(rows.getFirst().fields()).isEqualTo(Map.of("question", "\"Is it?\"\nYes or no", "answer", "no"));
    }

    @Test
    void readsTextByFileLineAndMark() throws IOException {
        Path plain = write("plain.txt", "one\ntwo\n\nthree\n");
        assertThat(read(plain)).extracting(row -> row.fields().get("text")).containsExactly("one\ntwo\n\nthree");
        assertThat(read(ReadOptions.DEFAULT.withTextUnit(TextUnit.LINE), plain))
                .extracting(Row::line)
                .containsExactly(1L, 2L, 4L);
        List<Row> marked = read(write("marked.txt", "one\n<|endoftext|>\n\n<|endoftext|>\ntwo\nmore"));
        assertThat(marked).extracting(row -> row.fields().get("text")).containsExactly("one", "two\nmore");
        assertThat(marked).extracting(Row::line).containsExactly(1L, 5L);
    }

    @Test
    void decompressesByContent() throws IOException {
        String text = "{\"a\": 1}\n{\"a\": 2}\n";
        assertThat(read(write("a.jsonl.gz", gzip(text)))).hasSize(2);
        assertThat(read(write("a.jsonl.zst", Zstd.compress(text.getBytes(StandardCharsets.UTF_8)))))
                .hasSize(2);
        assertThat(read(write("unnamed", gzip(text)))).hasSize(2);
        assertThat(report.faults()).isZero();
        read(write("false.jsonl.gz", text));
        assertThat(report.skipped(SkipReason.UNREADABLE_FILE).examples().getFirst())
                .contains("the name says compressed");
    }

    @Test
    void reportsACutGzipWithTheLineReached() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            text.append("{\"a\": ").append(i * 7919L % 10_007).append("}\n");
        }
        byte[] whole = gzip(text.toString());
        Path file = write("cut.jsonl.gz", Arrays.copyOf(whole, whole.length / 2));
        int rows = read(file).size();
        assertThat(rows).isBetween(1, 19_999);
        assertThat(report.skipped(SkipReason.UNREADABLE_FILE).examples().getFirst())
                .matches(".*cut\\.jsonl\\.gz:" + "[0-9]+: the file ends too early.*");
    }

    @Test
    void findsFilesByDirectoryAndGlobInNameOrder() throws IOException {
        write("b.jsonl", "{\"a\": 2}");
        write("a.jsonl", "{\"a\": 1}");
        write("README.md", "not data");
        assertThat(read(folder)).extracting(row -> row.fields().get("a")).containsExactly(1, 2);
        Files.createDirectories(folder.resolve("deep/er"));
        Files.writeString(folder.resolve("deep/er/c.jsonl"), "{\"a\": 3}");
        assertThat(DataFiles.resolve(List.of(folder + "/*.jsonl"))).hasSize(2);
        assertThat(DataFiles.resolve(List.of(folder + "/{,**/}*.jsonl", folder + "/a.jsonl")))
                .hasSize(3);
    }

    @Test
    void namesEveryMissingFile() {
        assertThatThrownBy(() -> DataFiles.resolve(List.of("/no/such.jsonl", folder + "/*.csv", folder.toString())))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("/no/such.jsonl: no such file")
                .hasMessageContaining("*.csv: no file matches")
                .hasMessageContaining("holds no data file");
    }

    @Test
    void refusesADirectoryOfMixedFormats() throws IOException {
        write("a.jsonl", "{}");
        write("b.csv", "a\n1\n");
        assertThatThrownBy(() -> DataFiles.resolve(List.of(folder.toString())))
                .hasMessageContaining("several formats [JSONL, CSV]");
    }
}

package org.align4j.data.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.align4j.data.DataReport;
import org.align4j.data.rows.ParquetOutput.Codec;
import org.align4j.data.rows.ParquetOutput.Column;
import org.align4j.data.rows.ParquetOutput.ColumnType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ParquetOutputTest {
    private static final List<Column> COLUMNS =
            List.of(new Column("prompt", ColumnType.TEXT), new Column("shots", ColumnType.INTEGER));

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(Codec.class)
    void theReaderReadsWhatWasWritten(Codec codec) throws IOException {
        Path file = folder.resolve("a.parquet");
        try (ParquetOutput output = new ParquetOutput(Files.newOutputStream(file), COLUMNS, codec)) {
            output.row("Wörter, 文字\n", 3);
            output.row("", -1);
        }
        assertThat(rows(file).stream().map(Row::fields))
                .containsExactly(
                        java.util.Map.of("prompt", "Wörter, 文字\n", "shots", 3),
                        java.util.Map.of("prompt", "", "shots", -1));
    }

    @Test
    void manyRowsMakeSeveralGroups() throws IOException {
        Path file = folder.resolve("a.parquet");
        String long1 = "x".repeat(100_000);
        try (ParquetOutput output = new ParquetOutput(Files.newOutputStream(file), COLUMNS, Codec.ZSTD)) {
            for (int i = 0; i < 300; i++) {
                output.row(i + long1, i);
            }
        }
        List<Row> rows = rows(file);
        assertThat(rows).hasSize(300);
        assertThat(rows.get(299).fields()).containsEntry("shots", 299).containsEntry("prompt", 299 + long1);
    }

    @Test
    void noRowsAreATableToo() throws IOException {
        Path file = folder.resolve("a.parquet");
        new ParquetOutput(Files.newOutputStream(file), COLUMNS, Codec.NONE).close();
        assertThat(rows(file)).isEmpty();
    }

    @Test
    void aValueOfAnotherTypeIsRefused() throws IOException {
        try (ParquetOutput output =
                new ParquetOutput(Files.newOutputStream(folder.resolve("a.parquet")), COLUMNS, Codec.NONE)) {
            assertThatThrownBy(() -> output.row(3, 3)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> output.row("a")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static List<Row> rows(Path file) {
        List<Row> read = new ArrayList<>();
        try (Rows rows = Rows.open(List.of(file.toString()), ReadOptions.DEFAULT, new DataReport())) {
            rows.forEachRemaining(read::add);
        }
        return read;
    }
}

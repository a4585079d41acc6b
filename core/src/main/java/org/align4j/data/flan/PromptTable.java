package org.align4j.data.flan;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.align4j.data.flan.prompt.PromptedExample;
import org.align4j.data.rows.ParquetOutput;
import org.align4j.data.rows.ParquetOutput.Codec;
import org.align4j.data.rows.ParquetOutput.Column;
import org.align4j.data.rows.ParquetOutput.ColumnType;

/// Prompts as Parquet, in the columns of [PromptLines].
final class PromptTable implements PromptFile {
    private static final List<Column> COLUMNS = List.of(
            new Column("prompt", ColumnType.TEXT),
            new Column("completion", ColumnType.TEXT),
            new Column("task", ColumnType.TEXT),
            new Column("family", ColumnType.TEXT),
            new Column("language", ColumnType.TEXT),
            new Column("prompt_type", ColumnType.TEXT),
            new Column("method", ColumnType.TEXT),
            new Column("template", ColumnType.TEXT),
            new Column("shots", ColumnType.INTEGER),
            new Column("source", ColumnType.TEXT));

    private final ParquetOutput output;

    PromptTable(OutputStream out, Recipe.Compression compression) throws IOException {
        output = new ParquetOutput(
                out,
                COLUMNS,
                switch (compression) {
                    case NONE -> Codec.NONE;
                    case GZIP -> Codec.GZIP;
                    case ZSTD -> Codec.ZSTD;
                });
    }

    @Override
    public void write(PromptedExample example) throws IOException {
        output.row(
                example.prompt(),
                example.completion(),
                example.task(),
                example.family(),
                example.language(),
                example.type().label(),
                example.method().label(),
                example.template(),
                example.shots(),
                example.source().toString());
    }

    @Override
    public void close() throws IOException {
        output.close();
    }
}

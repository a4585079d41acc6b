package org.align4j.data.flan;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;
import org.align4j.data.flan.prompt.PromptedExample;

/// An output file that is being written.
interface PromptFile extends AutoCloseable {
    void write(PromptedExample example) throws IOException;

    /// Completes the file.
    @Override
    void close() throws IOException;

    /// A file in the form that the recipe wants.
    ///
    /// @param out closed with the file
    static PromptFile of(Recipe recipe, OutputStream out) throws IOException {
        return switch (recipe.format()) {
            case PARQUET -> new PromptTable(out, recipe.compression());
            case JSONL ->
                new PromptLines(
                        switch (recipe.compression()) {
                            case NONE -> out;
                            case GZIP -> new GZIPOutputStream(out, 1 << 16);
                            case ZSTD -> new ZstdOutputStream(out, 1);
                        });
        };
    }
}

package org.align4j.data.rows;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.Map;
import java.util.Optional;
import org.align4j.data.DataReport;
import org.align4j.data.SkipReason;
import org.align4j.data.Source;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;

/// One JSON object a line; blank lines are passed over.
final class JsonLinesReader implements RowReader {
    private final String file;
    private final Lines lines;
    private final DataReport report;
    private final ObjectReader json = Json.mapper().readerFor(Json.OBJECT);

    JsonLinesReader(String file, Lines lines, DataReport report) {
        this.file = file;
        this.lines = lines;
        this.report = report;
    }

    @Override
    public Optional<Row> next() throws IOException {
        for (Optional<byte[]> line = lines.next(); line.isPresent(); line = lines.next()) {
            Source source = new Source(file, lines.number());
            try {
                String text = Lines.decode(line.get());
                if (text.isBlank()) {
                    continue;
                }
                report.read();
                if (!text.stripLeading().startsWith("{")) {
                    report.skip(SkipReason.BROKEN_ROW, source, "not a JSON object; every line must be one");
                    continue;
                }
                Map<String, @Nullable Object> fields = json.readValue(text);
                return Optional.of(new Row(source, fields));
            } catch (CharacterCodingException e) {
                report.read();
                report.skip(SkipReason.BROKEN_ROW, source, Lines.notUtf8(line.get()));
            } catch (JacksonException e) {
                report.skip(SkipReason.BROKEN_ROW, source, "broken JSON: " + Json.fault(e));
            }
        }
        return Optional.empty();
    }

    @Override
    public long line() {
        return lines.number();
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}

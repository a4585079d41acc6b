package org.align4j.data.rows;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The formats of data files.
public enum RowFormat {
    /// One JSON object a line.
    JSONL(".jsonl", ".ndjson"),
    /// An array of objects, objects one after another, or one object that holds an array of
    /// objects.
    JSON(".json"),
    /// RFC 4180 with a header line.
    CSV(".csv"),
    /// One row a line, columns between tabs, no quoting; `\n` written in a value is a line break.
    TSV(".tsv"),
    /// Parquet, nested columns included.
    PARQUET(".parquet"),
    /// Plain text; see [TextUnit].
    TEXT(".txt", ".text");

    private static final List<String> COMPRESSION = List.of(".gz", ".zst");

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> suffixes;

    RowFormat(String... suffixes) {
        this.suffixes = List.of(suffixes);
    }

    /// The format that a file's name tells, behind `.gz` or `.zst` too.
    public static Optional<RowFormat> byName(String fileName) {
        String name = fileName.toLowerCase(Locale.ROOT);
        for (String compression : COMPRESSION) {
            if (name.endsWith(compression)) {
                name = name.substring(0, name.length() - compression.length());
            }
        }
        String plain = name;
        return Arrays.stream(values())
                .filter(format -> format.suffixes.stream().anyMatch(plain::endsWith))
                .findFirst();
    }

    /// The format of a file by its name and its first (decompressed) bytes. The name decides,
    /// except between the two JSON formats: JSON lines are often named `.json`, arrays `.jsonl`,
    /// and the content is plain to see. Without a known name the content decides, where it is JSON
    /// or Parquet.
    public static Optional<RowFormat> detect(String fileName, byte[] head) {
        Optional<RowFormat> named = byName(fileName);
        Optional<RowFormat> seen = byContent(head);
        boolean arrayNamedLines = named.equals(Optional.of(JSONL)) && startsWithArray(head);
        boolean linesNamedJson = named.equals(Optional.of(JSON)) && seen.equals(Optional.of(JSONL));
        return arrayNamedLines || linesNamedJson ? seen : named.or(() -> seen);
    }

    /// Parquet by its magic, JSON by an opening bracket, JSON lines by two lines that are objects.
    private static Optional<RowFormat> byContent(byte[] head) {
        if (new String(head, 0, Math.min(4, head.length), StandardCharsets.ISO_8859_1).equals("PAR1")) {
            return Optional.of(PARQUET);
        }
        if (startsWithArray(head)) {
            return Optional.of(JSON);
        }
        List<String> lines = new String(head, StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .limit(2)
                .toList();
        if (lines.isEmpty() || !lines.getFirst().startsWith("{")) {
            return Optional.empty();
        }
        boolean twoObjects = lines.size() == 2
                && lines.getFirst().endsWith("}")
                && lines.get(1).startsWith("{");
        return Optional.of(twoObjects ? JSONL : JSON);
    }

    private static boolean startsWithArray(byte[] head) {
        return new String(head, StandardCharsets.UTF_8).stripLeading().startsWith("[");
    }

    /// Every suffix read, for messages.
    public static String known() {
        return String.join(
                ", ",
                Arrays.stream(values())
                        .flatMap(format -> format.suffixes.stream())
                        .toList());
    }
}

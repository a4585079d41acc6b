package org.align4j.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.align4j.error.AlignException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A file of one JSON object a line, each with its `step`. Lines are handed to the system as they
/// are written; a last line that a kill tore is cut off when the file is opened again.
final class JsonLines implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;

    /// Opens `file` for appending, without what follows its last whole line.
    JsonLines(Path file) {
        this.file = file;
        try {
            this.channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel.truncate(lengthOf(linesIn(Files.readAllBytes(file))));
            channel.position(channel.size());
        } catch (IOException e) {
            throw failure(file, "opened", e);
        }
    }

    void append(Map<String, ?> values) {
        ByteBuffer line = ByteBuffer.wrap(
                (JsonMapper.shared().writeValueAsString(values) + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            while (line.hasRemaining()) {
                channel.write(line);
            }
        } catch (IOException e) {
            throw failure(file, "written", e);
        }
    }

    /// Cuts off every line after the last one whose step is at most `step`.
    void cutAfter(long step) {
        try {
            List<String> lines = linesIn(Files.readAllBytes(file));
            int keep = lines.size();
            while (keep > 0 && stepOf(lines.get(keep - 1)) > step) {
                keep--;
            }
            // one truncation, so that a kill at any moment loses nothing that is kept
            long length = String.join("", lines.subList(0, keep)).getBytes(StandardCharsets.UTF_8).length;
            channel.truncate(length);
            channel.position(length);
            channel.force(true);
        } catch (IOException e) {
            throw failure(file, "cut", e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw failure(file, "closed", e);
        }
    }

    /// The objects of `file` in order; none when it is absent. A torn last line is left out.
    static List<JsonNode> read(Path file) {
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            List<JsonNode> objects = new ArrayList<>();
            for (String line : linesIn(Files.readAllBytes(file))) {
                JsonNode object = parse(line);
                if (object == null) {
                    throw new AlignException.Data(
                            file + ":" + (objects.size() + 1) + ": not a JSON object; delete the line");
                }
                objects.add(object);
            }
            return objects;
        } catch (IOException e) {
            throw failure(file, "read", e);
        }
    }

    /// Whole lines with their line feeds; what follows the last line feed is torn.
    private static List<String> linesIn(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        List<String> lines = new ArrayList<>();
        int start = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
            lines.add(text.substring(start, end + 1));
            start = end + 1;
        }
        return lines;
    }

    private static long lengthOf(List<String> lines) {
        return lines.stream()
                .mapToLong(line -> line.getBytes(StandardCharsets.UTF_8).length)
                .sum();
    }

    private static long stepOf(String line) {
        JsonNode object = parse(line);
        return object == null || !object.has("step")
                ? Long.MAX_VALUE
                : object.get("step").asLong();
    }

    private static @Nullable JsonNode parse(String line) {
        try {
            JsonNode node = JsonMapper.shared().readTree(line);
            return node.isObject() ? node : null;
        } catch (JacksonException _) {
            return null;
        }
    }

    private static AlignException failure(Path file, String done, IOException e) {
        return new AlignException.Checkpoint(
                file + ": cannot be " + done + ": " + e.getMessage() + "; free some space or name another output", e);
    }
}

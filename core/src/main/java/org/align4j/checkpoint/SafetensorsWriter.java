package org.align4j.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Stream;
import org.align4j.error.AlignException;
import tools.jackson.databind.node.ObjectNode;

/// Writes safetensors files that transformers, peft and torch open.
public final class SafetensorsWriter {
    /// Size of a shard in transformers 4: larger models are split.
    public static final long DEFAULT_SHARD_BYTES = 5_000_000_000L;

    /// What transformers demands to find in a file.
    private static final Map<String, String> TORCH = Map.of("format", "pt");

    private SafetensorsWriter() {}

    /// Replaces `file` atomically. Tensors are asked for their bytes one after the other.
    ///
    /// @param metadata strings of the header; `format: pt` is added
    /// @throws AlignException.Checkpoint when writing fails; the earlier file is then unchanged
    public static void write(
            Path file, SequencedMap<String, ? extends TensorSource> tensors, Map<String, String> metadata) {
        AtomicFile.replace(file, sink -> writeTensors(file, tensors, metadata, sink));
    }

    /// Writes a model into `directory`: `model.safetensors`, or shards of at most `shardBytes`
    /// (a single larger tensor has a shard of its own) and their index. Files of an earlier
    /// model there are removed at the end. One file is replaced atomically; shards are not,
    /// together: write those into a new directory.
    ///
    /// @throws AlignException.Checkpoint when writing fails; an earlier model is then unchanged
    public static void writeModel(
            Path directory, SequencedMap<String, ? extends TensorSource> tensors, long shardBytes) {
        List<SequencedMap<String, TensorSource>> shards = split(tensors, shardBytes);
        Set<Path> written = new HashSet<>();
        if (shards.size() == 1) {
            Path single = directory.resolve(Safetensors.SINGLE);
            write(single, shards.getFirst(), Map.of());
            written.add(single);
        } else {
            written.addAll(writeShards(directory, shards));
        }
        removeOthers(directory, written);
    }

    private static Set<Path> writeShards(Path directory, List<SequencedMap<String, TensorSource>> shards) {
        Map<Path, Path> staged = new LinkedHashMap<>();
        ObjectNode index = SafetensorsHeader.JSON.createObjectNode();
        long total = shards.stream()
                .flatMap(shard -> shard.values().stream())
                .mapToLong(TensorSource::bytes)
                .sum();
        index.putObject("metadata").put("total_size", total);
        ObjectNode weightMap = index.putObject("weight_map");
        boolean complete = false;
        try {
            for (int i = 0; i < shards.size(); i++) {
                SequencedMap<String, TensorSource> shard = shards.get(i);
                Path file = directory.resolve("model-%05d-of-%05d.safetensors".formatted(i + 1, shards.size()));
                staged.put(file, AtomicFile.stage(file, sink -> writeTensors(file, shard, Map.of(), sink)));
                shard.keySet()
                        .forEach(name -> weightMap.put(name, file.getFileName().toString()));
            }
            byte[] json =
                    SafetensorsHeader.JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(index);
            Path file = directory.resolve(Safetensors.INDEX);
            staged.put(file, AtomicFile.stage(file, sink -> sink.write(MemorySegment.ofArray(json))));
            complete = true;
        } finally {
            if (!complete) {
                staged.values().forEach(AtomicFile::discard);
            }
        }
        // The index comes last: what it names is there.
        staged.forEach((file, temporary) -> AtomicFile.publish(temporary, file));
        return staged.keySet();
    }

    /// Fills shards in the given order.
    private static List<SequencedMap<String, TensorSource>> split(
            SequencedMap<String, ? extends TensorSource> tensors, long shardBytes) {
        List<SequencedMap<String, TensorSource>> shards = new ArrayList<>();
        shards.add(new LinkedHashMap<>());
        long size = 0;
        for (Map.Entry<String, ? extends TensorSource> tensor : tensors.entrySet()) {
            long bytes = tensor.getValue().bytes();
            if (size + bytes > shardBytes && !shards.getLast().isEmpty()) {
                shards.add(new LinkedHashMap<>());
                size = 0;
            }
            shards.getLast().put(tensor.getKey(), tensor.getValue());
            size += bytes;
        }
        return shards;
    }

    private static void writeTensors(
            Path file,
            SequencedMap<String, ? extends TensorSource> tensors,
            Map<String, String> metadata,
            TensorSource.Sink sink)
            throws IOException {
        // Wide elements first: each tensor then starts at a multiple of its element's size.
        List<Map.Entry<String, TensorSource>> ordered = new ArrayList<>();
        tensors.forEach((name, tensor) -> ordered.add(Map.entry(name, tensor)));
        ordered.sort(Comparator.comparingInt(tensor -> -tensor.getValue().type().blockBytes()));
        SequencedMap<String, TensorSource> byName = new LinkedHashMap<>();
        ordered.forEach(tensor -> byName.put(tensor.getKey(), tensor.getValue()));
        Map<String, String> header = new LinkedHashMap<>(TORCH);
        header.putAll(metadata);
        sink.write(MemorySegment.ofArray(SafetensorsHeader.render(byName, header)));
        for (Map.Entry<String, TensorSource> tensor : byName.entrySet()) {
            writeTensor(file, tensor.getKey(), tensor.getValue(), sink);
        }
    }

    /// Gives one tensor to `sink` and checks that it is of the announced size.
    static void writeTensor(Path file, String name, TensorSource tensor, TensorSource.Sink sink) throws IOException {
        long[] written = {0};
        tensor.writeTo(bytes -> {
            written[0] += bytes.byteSize();
            sink.write(bytes);
        });
        if (written[0] != tensor.bytes()) {
            throw new AlignException.Checkpoint("%s: tensor %s: %d bytes given, %d expected; pass the stored form"
                    .formatted(file, name, written[0], tensor.bytes()));
        }
    }

    /// Removes weights of an earlier model, which readers might prefer to the new ones.
    private static void removeOthers(Path directory, Set<Path> written) {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                boolean weights = name.equals(Safetensors.SINGLE)
                        || name.equals(Safetensors.INDEX)
                        || name.matches("model-\\d{5}-of-\\d{5}\\.safetensors");
                if (weights && !written.contains(file)) {
                    Files.delete(file);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            throw new AlignException.Checkpoint(
                    "%s: files of an earlier model cannot be removed (%s); remove them by hand".formatted(directory, e),
                    e);
        }
    }
}

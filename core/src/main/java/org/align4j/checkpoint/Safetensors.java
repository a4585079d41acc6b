package org.align4j.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedMap;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// One safetensors file, or the shards of a model, memory-mapped. Written by
/// [SafetensorsWriter].
public final class Safetensors implements WeightFile {
    static final String SINGLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";

    private final Path path;
    private final Arena arena;
    private final SequencedMap<String, RawTensor> tensors;
    private final Map<String, String> metadata;

    private Safetensors(Path path, Arena arena, SequencedMap<String, RawTensor> tensors, Map<String, String> metadata) {
        this.path = path;
        this.arena = arena;
        this.tensors = Collections.unmodifiableSequencedMap(tensors);
        this.metadata = Collections.unmodifiableMap(metadata);
    }

    /// Opens a file, an `…index.json`, or a directory with `model.safetensors` or
    /// `model.safetensors.index.json`.
    ///
    /// @throws AlignException.Checkpoint for files that are missing, damaged or at odds with the
    ///     index
    @SuppressWarnings("MustBeClosedChecker") // closed below when opening fails, by close() otherwise
    public static Safetensors open(Path path) {
        // Shared: tensors are converted by several threads.
        Arena arena = Arena.ofShared();
        boolean opened = false;
        try {
            SequencedMap<String, RawTensor> tensors = new LinkedHashMap<>();
            Map<String, String> metadata = new LinkedHashMap<>();
            Path file = Files.isDirectory(path) ? within(path) : path;
            if (file.toString().endsWith(".json")) {
                readShards(file, arena, tensors, metadata);
            } else {
                tensors.putAll(readFile(file, arena, metadata));
            }
            opened = true;
            return new Safetensors(path, arena, tensors, metadata);
        } finally {
            if (!opened) {
                arena.close();
            }
        }
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public SequencedMap<String, RawTensor> tensors() {
        return tensors;
    }

    /// The `__metadata__` of the file, or of all shards together.
    public Map<String, String> metadata() {
        return metadata;
    }

    @Override
    public void close() {
        arena.close();
    }

    private static Path within(Path directory) {
        // The same preference as transformers.
        Path single = directory.resolve(SINGLE);
        Path index = directory.resolve(INDEX);
        if (!Files.exists(single) && !Files.exists(index)) {
            throw new AlignException.Checkpoint(
                    "%s: holds neither %s nor %s; check the path, or convert the weights to safetensors"
                            .formatted(directory, SINGLE, INDEX));
        }
        return Files.exists(single) ? single : index;
    }

    private static Map<String, RawTensor> readFile(Path file, Arena arena, Map<String, String> metadata) {
        MemorySegment mapped = MappedFile.map(file, arena);
        SafetensorsHeader header = SafetensorsHeader.parse(file, mapped);
        metadata.putAll(header.metadata());
        Map<String, RawTensor> tensors = new LinkedHashMap<>();
        header.tensors()
                .forEach((name, entry) -> tensors.put(
                        name,
                        new RawTensor(
                                entry.type(),
                                entry.shape(),
                                mapped.asSlice(header.dataStart() + entry.begin(), entry.end() - entry.begin()))));
        return tensors;
    }

    private static void readShards(
            Path index, Arena arena, Map<String, RawTensor> tensors, Map<String, String> metadata) {
        Map<String, String> shardOf = readIndex(index);
        Problems problems = new Problems();
        for (String shard : new LinkedHashSet<>(shardOf.values())) {
            Path file = index.resolveSibling(shard);
            if (!Files.isRegularFile(file)) {
                problems.add(file + ": shard named by the index is missing; download it again");
                continue;
            }
            Map<String, RawTensor> found = readFile(file, arena, metadata);
            for (String name : found.keySet()) {
                if (!shard.equals(shardOf.get(name))) {
                    problems.add("%s: tensor %s is not listed for this shard; take index and shards from one source"
                            .formatted(file, name));
                }
            }
            shardOf.forEach((name, listed) -> {
                if (listed.equals(shard) && !found.containsKey(name)) {
                    problems.add(
                            "%s: tensor %s, listed for this shard, is missing; take index and shards from one source"
                                    .formatted(file, name));
                }
            });
            tensors.putAll(found);
        }
        problems.throwIfAny(index + ": does not fit its shards:", AlignException.Checkpoint::new);
    }

    /// The index's `weight_map`: the shard's file name for each tensor.
    private static Map<String, String> readIndex(Path index) {
        JsonNode map;
        try {
            map = SafetensorsHeader.JSON.readTree(Files.readAllBytes(index)).path("weight_map");
        } catch (IOException | JacksonException e) {
            String reason = e instanceof JacksonException json ? json.getOriginalMessage() : e.toString();
            throw new AlignException.Checkpoint(
                    "%s: the index cannot be read (%s); download it again".formatted(index, reason), e);
        }
        if (!map.isObject() || map.isEmpty()) {
            throw new AlignException.Checkpoint(index + ": no weight_map; download the index again");
        }
        Map<String, String> shardOf = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> property : map.properties()) {
            String shard = property.getValue().isString() ? property.getValue().stringValue() : "";
            // A name with a folder in it could lead anywhere.
            if (!shard.matches("[\\w.-]+\\.safetensors")) {
                throw new AlignException.Checkpoint(
                        "%s: weight_map.%s: %s is not the name of a safetensors file beside the index; correct it"
                                .formatted(index, property.getKey(), property.getValue()));
            }
            shardOf.put(property.getKey(), shard);
        }
        return shardOf;
    }
}

package org.align4j.peft;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import org.align4j.checkpoint.Safetensors;
import org.align4j.checkpoint.SafetensorsWriter;
import org.align4j.checkpoint.TensorSource;
import org.align4j.error.AlignException;

/// An adapter's directory: `adapter_config.json` and `adapter_model.safetensors`, checked against
/// the base model.
public final class AdapterFile implements AutoCloseable {
    /// The name of the tensors' file in an adapter's directory.
    public static final String TENSORS = "adapter_model.safetensors";

    private final AdapterConfig config;
    private final List<AdapterTarget> targets;
    private final Safetensors file;
    private final SequencedMap<AdapterTensor, String> names;

    private AdapterFile(
            AdapterConfig config,
            List<AdapterTarget> targets,
            Safetensors file,
            SequencedMap<AdapterTensor, String> names) {
        this.config = config;
        this.targets = List.copyOf(targets);
        this.file = file;
        this.names = names;
    }

    /// Opens an adapter for `base`.
    ///
    /// @throws AlignException.Checkpoint for files that are missing, damaged or not supported, and,
    ///     with all faults together, for an adapter of another base
    public static AdapterFile open(Path directory, BaseShapes base) {
        AdapterConfig config = AdapterConfigFile.read(directory.resolve(AdapterConfigFile.NAME));
        List<AdapterTarget> targets;
        try {
            targets = config.targets(base);
        } catch (AlignException.Config e) {
            throw new AlignException.Checkpoint(
                    "%s: made for another base than %s: %s".formatted(directory, base.name(), e.getMessage()), e);
        }
        Path tensors = directory.resolve(TENSORS);
        if (!Files.exists(tensors) && Files.exists(directory.resolve("adapter_model.bin"))) {
            throw new AlignException.Checkpoint(directory
                    + ": holds adapter_model.bin, which can run code when read; save it as safetensors in PEFT");
        }
        Safetensors file = Safetensors.open(tensors);
        boolean fits = false;
        try {
            AdapterFile adapter = new AdapterFile(
                    config, targets, file, AdapterCheck.tensors(directory, config, targets, base, file));
            fits = true;
            return adapter;
        } finally {
            if (!fits) {
                file.close();
            }
        }
    }

    /// Writes an adapter as PEFT does. The tensors go first, and the configuration makes the
    /// directory an adapter.
    public static void write(
            Path directory, AdapterConfig config, SequencedMap<AdapterTensor, ? extends TensorSource> tensors) {
        SequencedMap<String, TensorSource> named = new LinkedHashMap<>();
        List<Map.Entry<String, TensorSource>> sorted = new ArrayList<>();
        tensors.forEach((tensor, source) -> sorted.add(Map.entry(tensor.fileName(), source)));
        sorted.sort(Map.Entry.comparingByKey());
        sorted.forEach(entry -> named.put(entry.getKey(), entry.getValue()));
        SafetensorsWriter.write(directory.resolve(TENSORS), named, Map.of());
        AdapterConfigFile.write(directory.resolve(AdapterConfigFile.NAME), config);
    }

    public AdapterConfig config() {
        return config;
    }

    /// The modules that have an adapter, in the model's order. Each has an A and a B, and with
    /// DoRA magnitudes.
    public List<AdapterTarget> targets() {
        return targets;
    }

    /// What the file holds.
    public SequencedSet<AdapterTensor> tensors() {
        return Collections.unmodifiableSequencedSet(names.sequencedKeySet());
    }

    /// A tensor's shape, checked against the base.
    public long[] shape(AdapterTensor tensor) {
        return file.shape(name(tensor));
    }

    /// Converts a tensor to float32, row-major.
    ///
    /// @param destination exactly 4 bytes a value
    public void readFloats(AdapterTensor tensor, MemorySegment destination) {
        file.readFloats(name(tensor), destination);
    }

    private String name(AdapterTensor tensor) {
        String name = names.get(tensor);
        if (name == null) {
            throw new AlignException.Checkpoint("adapter: has no tensor " + tensor.fileName());
        }
        return name;
    }

    @Override
    public void close() {
        file.close();
    }
}

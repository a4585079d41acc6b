package org.align4j.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.align4j.error.AlignException;
import org.align4j.model.CausalLm;
import org.align4j.model.Heads;
import org.align4j.model.HfConfig;
import org.align4j.model.ModelConfig;
import org.align4j.run.DurableFiles;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tokenizer.Tokenizer;

/// A model in Hugging Face's form: a directory with `config.json` and safetensors.
///
/// @param model in the scope that it was loaded in
/// @param config what the directory's `config.json` said
public record HfModel(CausalLm model, ModelConfig config) {
    /// Loads a directory with the heads that its `config.json` says.
    ///
    /// @param trained whether the weights are to be trained
    /// @throws AlignException.Model for a path without a model, or one that is not understood
    /// @throws AlignException.Checkpoint for weights that are missing or damaged
    public static HfModel load(Path directory, DType dtype, Device device, boolean trained) {
        return load(directory, config(directory), dtype, device, trained, false);
    }

    /// Loads a directory.
    ///
    /// @param trained whether the weights are to be trained
    /// @param heads wanted; a scalar head that the directory lacks is zero
    /// @throws AlignException.Model for a path without a model, or one that is not understood
    /// @throws AlignException.Checkpoint for weights that are missing or damaged
    public static HfModel load(Path directory, DType dtype, Device device, boolean trained, Heads heads) {
        ModelConfig config = config(directory);
        boolean unscored = !config.architecture().outputs().scalar();
        return load(directory, config.withHeads(heads), dtype, device, trained, unscored);
    }

    /// Whether a directory's `config.json` says that its model has a scalar head.
    ///
    /// @throws AlignException.Model for a path without a model, or one that is not understood
    public static boolean isScoring(Path directory) {
        return config(directory).architecture().outputs().scalar();
    }

    private static ModelConfig config(Path directory) {
        Path file = directory.resolve("config.json");
        if (!Files.isDirectory(directory)) {
            throw new AlignException.Model(directory + ": no such model directory");
        }
        if (Files.exists(directory.resolve("adapter_config.json")) && !Files.exists(file)) {
            throw new AlignException.Model(directory
                    + ": holds an adapter, not a whole model; fold it into its base with align4j merge first");
        }
        if (!Files.exists(file)) {
            throw new AlignException.Model(directory + ": no config.json; expected a Hugging Face model directory");
        }
        return HfConfig.read(file);
    }

    private static HfModel load(
            Path directory, ModelConfig config, DType dtype, Device device, boolean trained, boolean mayLackScore) {
        CausalLm model = new CausalLm(config.architecture(), dtype, device, trained);
        try (WeightFile weights = WeightFile.open(directory)) {
            WeightLoader.load(model, weights, directory.toString(), mayLackScore);
        }
        return new HfModel(model, config);
    }

    /// Writes a new model directory that transformers opens: under a temporary name beside it,
    /// then renamed, so that it is there whole or not at all.
    ///
    /// @param directory absent, or an empty folder
    /// @param type of the stored values; [#storedType] is what the model came in
    /// @throws AlignException.Checkpoint if something is there already, or the disk refuses
    public void save(Path directory, Tokenizer tokenizer, DType type) {
        Path target = directory.toAbsolutePath().normalize();
        Path temporary = target.resolveSibling("." + target.getFileName() + ".tmp");
        try {
            requireFree(target);
            DurableFiles.deleteTreeIfThere(temporary);
            Files.createDirectories(temporary);
            boolean complete = false;
            try {
                write(temporary, tokenizer, type);
                DurableFiles.syncTree(temporary);
                Files.deleteIfExists(target);
                DurableFiles.move(temporary, target);
                complete = true;
            } finally {
                if (!complete) {
                    // what was written may be what fills the disk
                    DurableFiles.deleteTreeIfThere(temporary);
                }
            }
        } catch (IOException e) {
            throw unwritable(directory, e);
        }
    }

    private static void requireFree(Path target) throws IOException {
        if (!Files.exists(target)) {
            return;
        }
        boolean free = false;
        if (Files.isDirectory(target)) {
            try (Stream<Path> children = Files.list(target)) {
                free = children.findAny().isEmpty();
            }
        }
        if (!free) {
            throw new AlignException.Checkpoint(target + ": exists already; name another folder");
        }
    }

    private static AlignException.Checkpoint unwritable(Path folder, IOException e) {
        return new AlignException.Checkpoint(folder + ": cannot be written: " + e + "; check space and rights", e);
    }

    /// Writes the files of a model directory: `config.json`, `generation_config.json`, the weights
    /// (in shards of 5 GB) and the tokenizer's. Tensors are converted one by one.
    ///
    /// @param folder an existing folder, whose owner makes it durable and gives it its name
    /// @param type of the stored values: float32, float16 or bfloat16
    /// @throws AlignException.Checkpoint if the disk refuses
    public void write(Path folder, Tokenizer tokenizer, DType type) {
        try {
            HfConfigFiles.write(folder, config, tokenizer.eosIds(), type);
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
        saveTokenizer(folder, tokenizer, config);
        SafetensorsWriter.writeModel(folder, WeightExport.stored(model, type), SafetensorsWriter.DEFAULT_SHARD_BYTES);
    }

    /// Writes a tokenizer's files beside a model's: with the padding token that a scalar head
    /// needs.
    public static void saveTokenizer(Path folder, Tokenizer tokenizer, ModelConfig config) {
        if (config.architecture().outputs().scalar() && config.padToken().isPresent()) {
            // whoever batches texts with this tokenizer must fill with what the model looks through
            tokenizer.save(folder, tokenizer.token(config.padToken().getAsInt()));
        } else {
            tokenizer.save(folder);
        }
    }

    /// The type in which a model directory stores its weights, found without loading them.
    ///
    /// @throws AlignException.Model for a `config.json` that is missing or not understood
    public static DType storedType(Path directory) {
        return HfConfigFiles.storedType(HfConfig.read(directory.resolve("config.json")));
    }

    /// The type that `config.json` gives the weights; float32 where it gives none.
    public DType storedType() {
        return HfConfigFiles.storedType(config);
    }
}

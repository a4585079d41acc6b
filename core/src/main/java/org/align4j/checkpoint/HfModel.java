package org.align4j.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import org.align4j.error.AlignException;
import org.align4j.model.CausalLm;
import org.align4j.model.HfConfig;
import org.align4j.model.ModelConfig;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;

/// A model in Hugging Face's form: a directory with `config.json` and safetensors.
///
/// @param model in the scope that it was loaded in
/// @param config what the directory's `config.json` said
public record HfModel(CausalLm model, ModelConfig config) {
    /// Loads a directory.
    ///
    /// @param trained whether the weights are to be trained
    /// @throws AlignException.Model for a path without a model, or one that is not understood
    /// @throws AlignException.Checkpoint for weights that are missing or damaged
    public static HfModel load(Path directory, DType dtype, Device device, boolean trained) {
        Path file = directory.resolve("config.json");
        if (!Files.isDirectory(directory)) {
            throw new AlignException.Model(directory + ": no such model directory");
        }
        if (!Files.exists(file)) {
            throw new AlignException.Model(directory + ": no config.json; expected a Hugging Face model directory");
        }
        ModelConfig config = HfConfig.read(file);
        CausalLm model = new CausalLm(config.architecture(), dtype, device, trained);
        try (WeightFile weights = WeightFile.open(directory)) {
            WeightLoader.load(model, weights, directory.toString());
        }
        return new HfModel(model, config);
    }
}

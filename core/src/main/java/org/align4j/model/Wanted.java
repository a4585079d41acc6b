package org.align4j.model;

/// What a forward pass shall give beside the targets' log-probabilities.
///
/// @param temperature logits are divided by it before the softmax
/// @param entropy whether the entropy of each target's distribution is wanted
/// @param meanLogp whether the mean log-probability over the vocabulary is wanted (label smoothing)
/// @param noise uniform noise on the embeddings (NEFTune's α); 0 for none
/// @param seed of noise and dropout; they repeat with it
public record Wanted(double temperature, boolean entropy, boolean meanLogp, double noise, long seed) {
    public Wanted {
        if (!(temperature > 0)) {
            throw new IllegalArgumentException("temperature must be > 0, got " + temperature);
        }
        if (!(noise >= 0)) {
            throw new IllegalArgumentException("noise must be ≥ 0, got " + noise);
        }
    }

    /// Log-probabilities only.
    public static Wanted logps() {
        return new Wanted(1, false, false, 0, 0);
    }

    public Wanted withEntropy() {
        return new Wanted(temperature, true, meanLogp, noise, seed);
    }

    public Wanted withMeanLogp() {
        return new Wanted(temperature, entropy, true, noise, seed);
    }

    public Wanted withTemperature(double temperature) {
        return new Wanted(temperature, entropy, meanLogp, noise, seed);
    }

    /// @param noise NEFTune's α (Jain et al. 2023)
    public Wanted withNoise(double noise) {
        return new Wanted(temperature, entropy, meanLogp, noise, seed);
    }

    public Wanted withSeed(long seed) {
        return new Wanted(temperature, entropy, meanLogp, noise, seed);
    }
}

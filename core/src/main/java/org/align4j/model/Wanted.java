package org.align4j.model;

import java.util.Optional;

/// What a forward pass shall give.
///
/// @param targets whether log-probabilities of the batch's targets are wanted
/// @param scored tokens of the batch, by row, at whose hidden states the scalar head's number is
///     wanted
/// @param temperature logits are divided by it before the softmax
/// @param entropy whether the entropy of each target's distribution is wanted
/// @param meanLogp whether the mean log-probability over the vocabulary is wanted (label smoothing)
/// @param concentration whether log Σ_v p_v² of each target's distribution is wanted; no gradient
///     flows through it
/// @param soft a teacher's distributions, from which the divergence of each target's is wanted
/// @param noise uniform noise on the embeddings (NEFTune's α); 0 for none
/// @param seed of noise and dropout; they repeat with it
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Wanted(
        boolean targets,
        int[] scored,
        double temperature,
        boolean entropy,
        boolean meanLogp,
        boolean concentration,
        Optional<SoftTargets> soft,
        double noise,
        long seed) {
    private static final int[] NO_ROWS = {};

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
        return new Wanted(true, NO_ROWS, 1, false, false, false, Optional.empty(), 0, 0);
    }

    /// The scalar head's numbers only, as a reward or value model gives them.
    ///
    /// @param rows tokens of the batch, such as [org.align4j.data.PackedBatch#ends()]
    public static Wanted scores(int... rows) {
        return new Wanted(false, rows, 1, false, false, false, Optional.empty(), 0, 0);
    }

    /// The scalar head's numbers, too.
    public Wanted withScores(int... rows) {
        return new Wanted(targets, rows, temperature, entropy, meanLogp, concentration, soft, noise, seed);
    }

    public Wanted withEntropy() {
        return new Wanted(targets, scored, temperature, true, meanLogp, concentration, soft, noise, seed);
    }

    public Wanted withMeanLogp() {
        return new Wanted(targets, scored, temperature, entropy, true, concentration, soft, noise, seed);
    }

    public Wanted withConcentration() {
        return new Wanted(targets, scored, temperature, entropy, meanLogp, true, soft, noise, seed);
    }

    /// @param teacher its distributions at the same batch's targets
    public Wanted withSoft(SoftTargets teacher) {
        return new Wanted(
                targets, scored, temperature, entropy, meanLogp, concentration, Optional.of(teacher), noise, seed);
    }

    public Wanted withTemperature(double temperature) {
        return new Wanted(targets, scored, temperature, entropy, meanLogp, concentration, soft, noise, seed);
    }

    /// @param noise NEFTune's α (Jain et al. 2023)
    public Wanted withNoise(double noise) {
        return new Wanted(targets, scored, temperature, entropy, meanLogp, concentration, soft, noise, seed);
    }

    public Wanted withSeed(long seed) {
        return new Wanted(targets, scored, temperature, entropy, meanLogp, concentration, soft, noise, seed);
    }
}

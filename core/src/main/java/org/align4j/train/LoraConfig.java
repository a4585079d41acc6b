package org.align4j.train;

import java.util.List;

/// Low-rank adaptation (Hu et al. 2021).
///
/// @param rank r
/// @param alpha the update's scale is α / r
/// @param dropout of the adapter's input
/// @param targetModules names such as `q_proj`; empty: every linear layer but the head
/// @param rsLora scale α / √r (Kalajdzievski 2023)
/// @param dora a magnitude for each row too (Liu et al. 2024)
public record LoraConfig(
        int rank, double alpha, double dropout, List<String> targetModules, boolean rsLora, boolean dora) {
    public LoraConfig {
        targetModules = List.copyOf(targetModules);
        if (rank < 1) {
            throw new IllegalArgumentException("rank must be ≥ 1, got " + rank);
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw new IllegalArgumentException("dropout must be in [0, 1), got " + dropout);
        }
    }

    public static LoraConfig defaults() {
        return new LoraConfig(16, 32, 0, List.of(), false, false);
    }
}

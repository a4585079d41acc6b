package org.align4j.cli;

import java.util.List;

/// A loss of preferences that is a command of its own.
///
/// @param name of the command and of the loss
/// @param loss its constants as `align4j init` writes them
/// @param learningRate that `align4j init` writes
/// @param description in one sentence
record PreferencePreset(String name, String loss, String learningRate, String description) {
    static final List<PreferencePreset> ALL = List.of(
            new PreferencePreset(
                    "ipo",
                    "  type: ipo\n  beta: 0.1\n  divergence: reverse_kl\n  averaged: true\n",
                    "1.0e-6",
                    "Train a model on pairs by identity preference optimisation (Azar et al. 2023)."),
            new PreferencePreset(
                    "orpo",
                    "  type: orpo\n  beta: 0.1\n  nll: 1.0\n",
                    "8.0e-6",
                    "Train a model on pairs by odds ratios, without a reference (Hong et al. 2024)."),
            new PreferencePreset(
                    "simpo",
                    "  type: simpo\n  beta: 2.0\n  gamma: 1.0\n  alpha: 0.0\n  label_smoothing: 0.0\n",
                    "1.0e-6",
                    "Train a model on pairs by mean log-probabilities, without a reference (Meng et al. 2024)."),
            new PreferencePreset(
                    "cpo",
                    "  type: cpo\n  beta: 0.1\n  label_smoothing: 0.0\n  nll: 1.0\n",
                    "1.0e-6",
                    "Train a model on pairs by contrastive preference optimisation (Xu et al. 2024)."));

    /// The configuration of DPO with this loss.
    String configuration(String dpo) {
        return dpo.replaceFirst("(?m)^loss:\\n( .*\\n)+", "loss:\n" + loss)
                .replaceFirst("(?m)^learning_rate: .*", "learning_rate: " + learningRate)
                .replace("runs/dpo", "runs/" + name)
                .replace("align4j dpo --config dpo.yaml", "align4j " + name + " --config " + name + ".yaml");
    }
}

package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// Self-play preference optimisation with hard labels: (h_w − 1/(2β))² + (h_l + 1/(2β))², eq. 4.7
/// of Wu et al. 2024 with η = 1/β and winning probabilities 1 and 0.
///
/// @param beta β
public record Sppo(double beta) implements PreferenceLoss {
    public Sppo {
        Bounds.positive("beta", beta);
    }

    static Sppo defaults() {
        return new Sppo(0.1);
    }

    @Override
    public Tensor of(Pairs pairs) {
        Tensor chosen = pairs.chosen().ratios().add(-0.5 / beta).square();
        return chosen.add(pairs.rejected().ratios().add(0.5 / beta).square());
    }
}

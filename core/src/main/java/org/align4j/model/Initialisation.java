package org.align4j.model;

import org.align4j.nn.Norm;
import org.align4j.nn.Parameter;
import org.align4j.random.CounterRandom;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;

/// First weights of a new model, as transformers draws them: matrices and embeddings normal around
/// 0, biases 0, norms such that they scale by 1. GPT-2's projections into the residual stream have
/// a deviation smaller by √(2 × layers) (Radford et al. 2019). Each number is a function of the
/// seed, its parameter's name and its place.
final class Initialisation {
    private static final String PURPOSE = "initialisation";

    private final Architecture architecture;
    private final double deviation;
    private final CounterRandom random;

    Initialisation(Architecture architecture, double deviation, long seed) {
        this.architecture = architecture;
        this.deviation = deviation;
        random = CounterRandom.of(seed, PURPOSE);
    }

    void fill(Parameter parameter) {
        String name = parameter.name();
        if (name.endsWith(".bias")) {
            parameter.master().zero_();
        } else if (name.endsWith("norm")) {
            parameter.master().zero_().add_(architecture.norm() == Norm.Kind.RMS_PLUS_ONE ? 0 : 1);
        } else {
            draw(parameter.master(), name);
        }
    }

    private void draw(Tensor master, String name) {
        boolean residual = name.endsWith("attention_out") || name.endsWith("down");
        double width = architecture.family().equals("gpt2") && residual
                ? deviation / Math.sqrt(2.0 * architecture.layers().size())
                : deviation;
        CounterRandom stream = random.at(name.chars().asLongStream().toArray());
        float[] values = new float[Math.toIntExact(master.numel())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (width * stream.gaussian(i));
        }
        try (Scope scope = Scope.open()) {
            master.copy_(Tensor.of(values).view(master.shape()));
        }
    }
}

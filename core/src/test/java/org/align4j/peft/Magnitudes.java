package org.align4j.peft;

import org.align4j.nn.Parameter;
import org.align4j.tensor.Tensor;

/// Makes DoRA's magnitudes matter in tests.
final class Magnitudes {
    private Magnitudes() {}

    /// Multiplies each magnitude by another factor: new ones equal the rows' norms, so that DoRA is
    /// LoRA at first.
    static void stretch(AttachedAdapter adapter) {
        long seed = 0;
        for (Parameter parameter : adapter.parameters().all()) {
            if (parameter.name().endsWith("lora_magnitude_vector")) {
                parameter.master().mul_(Tensor.uniform(0.5, 1.5, seed++, parameter.master()));
            }
        }
        adapter.parameters().refresh();
    }
}

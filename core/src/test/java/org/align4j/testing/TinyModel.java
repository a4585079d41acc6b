package org.align4j.testing;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.align4j.model.Architecture;
import org.align4j.model.CausalLm;
import org.align4j.model.Heads;
import org.align4j.model.RopeScaling;
import org.align4j.nn.Activation;
import org.align4j.nn.Norm;
import org.align4j.nn.Parameter;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Tensor;

/// A decoder of two small blocks with fixed random weights.
public final class TinyModel {
    private TinyModel() {}

    /// 64 tokens, 256 positions, in the scope that is open.
    public static CausalLm of(DType dtype) {
        CausalLm model = new CausalLm(architecture(), dtype, Device.CPU, false);
        long seed = 1;
        for (Parameter parameter : model.parameters().all()) {
            Tensor value = parameter.value();
            boolean norm = value.shape().length == 1;
            value.copy_(
                    norm ? Tensor.full(1, dtype, Device.CPU, value.shape()) : Tensor.uniform(-0.3, 0.3, seed++, value));
        }
        return model;
    }

    private static Architecture architecture() {
        return new Architecture(
                "llama",
                64,
                32,
                4,
                2,
                8,
                256,
                Collections.nCopies(2, new Architecture.Layer(0, 0, false, 48)),
                Norm.Kind.RMS,
                1e-5,
                Architecture.NormPlacement.BEFORE,
                Architecture.QueryKeyNorm.NONE,
                Activation.SILU,
                true,
                false,
                false,
                false,
                1 / Math.sqrt(8),
                false,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                1,
                false,
                List.of(new Architecture.Rope(10_000, 8, new RopeScaling.None())),
                true,
                Optional.empty(),
                Heads.LANGUAGE);
    }
}

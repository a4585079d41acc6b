package org.align4j.cli;

import java.nio.file.Path;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.peft.ModelLoading;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import picocli.CommandLine.Option;

/// How a command computes.
final class ComputeOptions {
    /// The type of the computation.
    enum Dtype {
        AUTO,
        BF16,
        FP32
    }

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            description = "auto, bf16 or fp32; auto is bf16 where the machine computes it fast. Default: auto.")
    private Dtype dtype = Dtype.AUTO;

    @Option(names = "--device", paramLabel = "DEVICE", description = "cpu or cuda:N. Default: cpu.")
    private String device = "cpu";

    Device device() {
        return Device.parse(device);
    }

    DType type() {
        return switch (dtype) {
            case AUTO -> DType.fastest(device());
            case BF16 -> DType.BFLOAT16;
            case FP32 -> DType.FLOAT32;
        };
    }

    /// Loads a model into the scope that is open.
    LoadedModel load(Path model) {
        return ModelLoading.load(model, type(), device());
    }
}

package org.align4j.tensor;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.align4j.error.AlignException;
import org.bytedeco.pytorch.global.torch;

/// Where a tensor lives: `cpu`, or `cuda:N`.
public record Device(Kind kind, int index) {
    /// The kinds of device.
    public enum Kind {
        CPU,
        CUDA
    }

    private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d+))?");

    public static final Device CPU = new Device(Kind.CPU, 0);

    /// Reads `cpu`, `cuda` or `cuda:N` and checks that this machine has it.
    public static Device parse(String text) {
        if (text.equals("cpu")) {
            return CPU;
        }
        Matcher cuda = CUDA.matcher(text);
        if (!cuda.matches()) {
            throw new AlignException.Config("device: unknown \"" + text + "\"; expected cpu or cuda:N");
        }
        if (!torch.hasCUDA()) {
            throw new AlignException.Config("device: " + text
                    + " asked for, but no usable GPU is here; use device: cpu, or build with ALIGN4J_GPU=1 on a machine"
                    + " with an NVIDIA driver");
        }
        int index = cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1));
        long count = torch.getNumGPUs();
        if (index >= count) {
            throw new AlignException.Config(
                    "device: " + text + " asked for, but this machine has " + count + " GPU(s), counted from cuda:0");
        }
        return new Device(Kind.CUDA, index);
    }

    public boolean isCpu() {
        return kind == Kind.CPU;
    }

    org.bytedeco.pytorch.Device handle() {
        return new org.bytedeco.pytorch.Device(isCpu() ? torch.DeviceType.CPU : torch.DeviceType.CUDA, (byte) index);
    }

    @Override
    public String toString() {
        return isCpu() ? "cpu" : "cuda:" + index;
    }
}

package org.align4j.tensor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.align4j.error.AlignException;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// The element type of a [Tensor].
public enum DType {
    FLOAT32(ScalarType.Float, 4),
    FLOAT64(ScalarType.Double, 8),
    BFLOAT16(ScalarType.BFloat16, 2),
    FLOAT16(ScalarType.Half, 2),
    INT64(ScalarType.Long, 8),
    INT32(ScalarType.Int, 4),
    UINT8(ScalarType.Byte, 1),
    BOOL(ScalarType.Bool, 1);

    private static final Pattern BFLOAT16_INSTRUCTIONS =
            Pattern.compile("^(flags|Features).*\\b(avx512_bf16|amx_bf16|bf16)\\b");

    final ScalarType scalarType;
    private final int bytes;

    DType(ScalarType scalarType, int bytes) {
        this.scalarType = scalarType;
        this.bytes = bytes;
    }

    /// Bytes of one element.
    public int bytes() {
        return bytes;
    }

    public boolean isFloat() {
        return this == FLOAT32 || this == FLOAT64 || this == BFLOAT16 || this == FLOAT16;
    }

    /// The type that models compute fastest in on `device` without losing much: bfloat16 where
    /// there are instructions for it.
    public static DType fastest(Device device) {
        if (!device.isCpu()) {
            return BFLOAT16;
        }
        Path processor = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(processor)) {
            return FLOAT32;
        }
        try (Stream<String> lines = Files.lines(processor, StandardCharsets.ISO_8859_1)) {
            return lines.anyMatch(BFLOAT16_INSTRUCTIONS.asPredicate()) ? BFLOAT16 : FLOAT32;
        } catch (IOException e) {
            throw new AlignException.Config(
                    processor + ": cannot be read (" + e.getMessage() + "); name the type with --dtype", e);
        }
    }

    static DType of(ScalarType type) {
        for (DType candidate : values()) {
            // The binding makes a new enum object for each call: compare values.
            if (candidate.scalarType.value == type.value) {
                return candidate;
            }
        }
        throw new IllegalStateException("no DType for libtorch's " + type);
    }
}

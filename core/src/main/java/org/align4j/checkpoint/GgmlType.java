package org.align4j.checkpoint;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import org.align4j.error.AlignException;

/// Tensor types of GGUF files: ggml's, by its names and numbers. Source of numbers and layouts:
/// ggml's `ggml.h` and `ggml-common.h`.
public enum GgmlType implements StorageType {
    F32(0, 1, 4),
    F16(1, 1, 2),
    Q4_0(2, 32, 18),
    Q4_1(3, 32, 20),
    Q5_0(6, 32, 22),
    Q5_1(7, 32, 24),
    Q8_0(8, 32, 34),
    Q2_K(10, 256, 84),
    Q3_K(11, 256, 110),
    Q4_K(12, 256, 144),
    Q5_K(13, 256, 176),
    Q6_K(14, 256, 210),
    IQ4_NL(20, 32, 18),
    IQ4_XS(23, 256, 136),
    I8(24, 1, 1),
    I16(25, 1, 2),
    I32(26, 1, 4),
    I64(27, 1, 8),
    F64(28, 1, 8),
    BF16(30, 1, 2),
    TQ1_0(34, 256, 54),
    TQ2_0(35, 256, 66),
    MXFP4(39, 32, 17);

    /// Values converted at a time: a multiple of every block size, small enough for the cache.
    private static final int CHUNK = 1 << 13;

    private final int number;
    private final int blockSize;
    private final int blockBytes;

    GgmlType(int number, int blockSize, int blockBytes) {
        this.number = number;
        this.blockSize = blockSize;
        this.blockBytes = blockBytes;
    }

    /// The type that GGUF writes as `number`, if it is one of these.
    public static Optional<GgmlType> numbered(int number) {
        return Arrays.stream(values()).filter(type -> type.number == number).findFirst();
    }

    /// The type of that name, if it is one of these.
    public static Optional<GgmlType> named(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }

    /// ggml's number of the type.
    public int number() {
        return number;
    }

    @Override
    public int blockSize() {
        return blockSize;
    }

    @Override
    public int blockBytes() {
        return blockBytes;
    }

    @Override
    public void decode(MemorySegment raw, MemorySegment floats) {
        Optional<ElementType> plain = plain();
        if (plain.isPresent()) {
            plain.get().decode(raw, floats);
            return;
        }
        long blocks = raw.byteSize() / blockBytes;
        int step = (int) Math.min(CHUNK / blockSize, blocks);
        byte[] in = new byte[step * blockBytes];
        float[] out = new float[step * blockSize];
        for (long block = 0; block < blocks; block += step) {
            int count = (int) Math.min(step, blocks - block);
            MemorySegment.copy(raw, JAVA_BYTE, block * blockBytes, in, 0, count * blockBytes);
            decodeBlocks(in, count, out);
            long to = block * blockSize * Float.BYTES;
            MemorySegment.copy(out, 0, floats, LittleEndian.FLOAT, to, count * blockSize);
        }
    }

    @Override
    public void encode(MemorySegment floats, MemorySegment raw) {
        Optional<ElementType> plain = plain();
        if (plain.isPresent()) {
            plain.get().encode(floats, raw);
            return;
        }
        float[] in = new float[blockSize];
        byte[] out = new byte[blockBytes];
        for (long block = 0; block < raw.byteSize() / blockBytes; block++) {
            long from = block * blockSize * Float.BYTES;
            MemorySegment.copy(floats, LittleEndian.FLOAT, from, in, 0, blockSize);
            encodeBlock(in, out);
            MemorySegment.copy(out, 0, raw, JAVA_BYTE, block * blockBytes, blockBytes);
        }
    }

    /// The same type under the name that safetensors gives it, for types without blocks.
    private Optional<ElementType> plain() {
        return blockSize == 1 ? ElementType.named(name()) : Optional.empty();
    }

    private void decodeBlocks(byte[] in, int blocks, float[] out) {
        switch (this) {
            case Q4_0 -> ScaledBlocks.decodeQ4(in, blocks, out, false);
            case Q4_1 -> ScaledBlocks.decodeQ4(in, blocks, out, true);
            case Q5_0 -> ScaledBlocks.decodeQ5(in, blocks, out, false);
            case Q5_1 -> ScaledBlocks.decodeQ5(in, blocks, out, true);
            case Q8_0 -> ScaledBlocks.decodeQ8(in, blocks, out);
            case Q2_K -> SuperBlocks.decodeQ2(in, blocks, out);
            case Q3_K -> SuperBlocks.decodeQ3(in, blocks, out);
            case Q4_K -> SuperBlocks.decodeQ4(in, blocks, out);
            case Q5_K -> SuperBlocks.decodeQ5(in, blocks, out);
            case Q6_K -> SuperBlocks.decodeQ6(in, blocks, out);
            case IQ4_NL -> TableBlocks.decodeIq4Nl(in, blocks, out);
            case IQ4_XS -> TableBlocks.decodeIq4Xs(in, blocks, out);
            case MXFP4 -> TableBlocks.decodeMxfp4(in, blocks, out);
            case TQ1_0 -> TernaryBlocks.decodeTq1(in, blocks, out);
            case TQ2_0 -> TernaryBlocks.decodeTq2(in, blocks, out);
            case F32, F16, BF16, F64, I8, I16, I32, I64 -> throw new AssertionError("has no blocks");
        }
    }

    private void encodeBlock(float[] in, byte[] out) {
        switch (this) {
            case Q4_0 -> ScaledBlocks.encodeSymmetric(in, out, 4);
            case Q4_1 -> ScaledBlocks.encodeWithMinimum(in, out, 4);
            case Q5_0 -> ScaledBlocks.encodeSymmetric(in, out, 5);
            case Q5_1 -> ScaledBlocks.encodeWithMinimum(in, out, 5);
            case Q8_0 -> ScaledBlocks.encodeQ8(in, out);
            case MXFP4 -> TableBlocks.encodeMxfp4(in, out);
            case TQ1_0 -> TernaryBlocks.encodeTq1(in, out);
            case TQ2_0 -> TernaryBlocks.encodeTq2(in, out);
            case Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_NL, IQ4_XS ->
                throw new AlignException.Checkpoint(
                        name() + ": read only; write Q8_0, Q5_1, Q5_0, Q4_1, Q4_0, F16, BF16 or F32");
            case F32, F16, BF16, F64, I8, I16, I32, I64 -> throw new AssertionError("has no blocks");
        }
    }
}

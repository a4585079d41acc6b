package org.align4j.checkpoint;

/// Blocks of 32 values that share a scale: `Q4_0` and `Q5_0` (symmetric), `Q4_1` and `Q5_1`
/// (with a minimum), `Q8_0`. Two 4-bit values share a byte: value i in the low half, i + 16 in
/// the high. Layout and rounding: `quants.py` of gguf, which agrees with ggml's reference code.
final class ScaledBlocks {
    private static final int SIZE = 32;
    private static final int HALF = SIZE / 2;

    private ScaledBlocks() {}

    /// Block: scale, minimum where there is one, 16 bytes of 4-bit values.
    static void decodeQ4(byte[] in, int blocks, float[] out, boolean withMinimum) {
        int at = 0;
        for (int to = 0; to < blocks * SIZE; to += SIZE) {
            float scale = half(in, at);
            // Exact in float32: a half-precision scale has 11 bits.
            float offset = withMinimum ? half(in, at + 2) : -8 * scale;
            at += withMinimum ? 4 : 2;
            for (int i = 0; i < HALF; i++) {
                out[to + i] = scale * (in[at + i] & 15) + offset;
                out[to + HALF + i] = scale * (in[at + i] >> 4 & 15) + offset;
            }
            at += HALF;
        }
    }

    /// Block: as 4-bit blocks, with the 32 fifth bits before the 4-bit values.
    static void decodeQ5(byte[] in, int blocks, float[] out, boolean withMinimum) {
        int at = 0;
        for (int to = 0; to < blocks * SIZE; to += SIZE) {
            float scale = half(in, at);
            float offset = withMinimum ? half(in, at + 2) : -16 * scale;
            at += withMinimum ? 4 : 2;
            int fifth = unsignedShort(in, at) | unsignedShort(in, at + 2) << 16;
            at += 4;
            for (int i = 0; i < HALF; i++) {
                int low = (in[at + i] & 15) | (fifth >> i & 1) << 4;
                int high = (in[at + i] >> 4 & 15) | (fifth >> (i + HALF) & 1) << 4;
                out[to + i] = scale * low + offset;
                out[to + HALF + i] = scale * high + offset;
            }
            at += HALF;
        }
    }

    /// Block: scale, 32 signed bytes.
    static void decodeQ8(byte[] in, int blocks, float[] out) {
        int at = 0;
        for (int to = 0; to < blocks * SIZE; to += SIZE) {
            float scale = half(in, at);
            for (int i = 0; i < SIZE; i++) {
                out[to + i] = scale * in[at + 2 + i];
            }
            at += 2 + SIZE;
        }
    }

    /// The value of greatest magnitude becomes the lowest code; `bits` is 4 or 5.
    static void encodeSymmetric(float[] in, byte[] out, int bits) {
        float extreme = in[0];
        for (float value : in) {
            if (Math.abs(value) > Math.abs(extreme)) {
                extreme = value;
            }
        }
        int middle = 1 << (bits - 1);
        float scale = extreme / -middle;
        float inverse = scale == 0 ? 0 : 1 / scale;
        int[] codes = new int[SIZE];
        for (int i = 0; i < SIZE; i++) {
            // In double, then rounded to float before truncating: as the reference does.
            float shifted = (float) ((double) in[i] * (double) inverse + (middle + 0.5));
            codes[i] = Math.clamp((int) shifted, 0, 2 * middle - 1);
        }
        putHalf(out, 0, scale);
        putCodes(codes, out, 2, bits);
    }

    /// The least value becomes code 0, the greatest the highest; `bits` is 4 or 5.
    static void encodeWithMinimum(float[] in, byte[] out, int bits) {
        float least = in[0];
        float greatest = in[0];
        for (float value : in) {
            least = Math.min(least, value);
            greatest = Math.max(greatest, value);
        }
        int highest = (1 << bits) - 1;
        float scale = (greatest - least) / highest;
        float inverse = scale == 0 ? 0 : 1 / scale;
        int[] codes = new int[SIZE];
        for (int i = 0; i < SIZE; i++) {
            codes[i] = Math.clamp((int) ((in[i] - least) * inverse + 0.5f), 0, highest);
        }
        putHalf(out, 0, scale);
        putHalf(out, 2, least);
        putCodes(codes, out, 4, bits);
    }

    static void encodeQ8(float[] in, byte[] out) {
        float scale = greatestMagnitude(in) / 127;
        float inverse = scale == 0 ? 0 : 1 / scale;
        putHalf(out, 0, scale);
        for (int i = 0; i < SIZE; i++) {
            out[2 + i] = (byte) roundAwayFromZero(in[i] * inverse);
        }
    }

    static float greatestMagnitude(float[] values) {
        float greatest = 0;
        for (float value : values) {
            greatest = Math.max(greatest, Math.abs(value));
        }
        return greatest;
    }

    /// Rounds to the nearest whole number, ties away from zero.
    static int roundAwayFromZero(float value) {
        float magnitude = Math.abs(value);
        int whole = (int) magnitude;
        int rounded = magnitude - whole >= 0.5f ? whole + 1 : whole;
        return value < 0 ? -rounded : rounded;
    }

    /// A half-precision number, little endian.
    static float half(byte[] in, int at) {
        return Float.float16ToFloat((short) unsignedShort(in, at));
    }

    static int unsignedShort(byte[] in, int at) {
        return (in[at] & 255) | (in[at + 1] & 255) << 8;
    }

    static void putHalf(byte[] out, int at, float value) {
        short half = Float.floatToFloat16(value);
        out[at] = (byte) half;
        out[at + 1] = (byte) (half >> 8);
    }

    private static void putCodes(int[] codes, byte[] out, int at, int bits) {
        int to = at;
        if (bits == 5) {
            int fifth = 0;
            for (int i = 0; i < SIZE; i++) {
                fifth |= codes[i] >> 4 << i;
            }
            for (int i = 0; i < 4; i++) {
                out[to++] = (byte) (fifth >> (8 * i));
            }
        }
        for (int i = 0; i < HALF; i++) {
            out[to + i] = (byte) ((codes[i] & 15) | (codes[i + HALF] & 15) << 4);
        }
    }
}

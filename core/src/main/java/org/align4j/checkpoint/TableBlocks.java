package org.align4j.checkpoint;

import static org.align4j.checkpoint.ScaledBlocks.half;
import static org.align4j.checkpoint.ScaledBlocks.unsignedShort;

/// Blocks whose 4-bit codes stand for uneven steps: `IQ4_NL`, `IQ4_XS` and `MXFP4`. Within 32
/// values, value i is in the low half of byte i, value i + 16 in the high half.
final class TableBlocks {
    /// Steps of the IQ4 types, ggml's `kvalues_iq4nl`.
    private static final float[] IQ4 = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

    /// Twice the values of the 4-bit float e2m1: OCP Microscaling Formats 1.0, section 5.3.3.
    private static final float[] E2M1 = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

    private TableBlocks() {}

    /// Block of 32: scale, 16 bytes of codes.
    static void decodeIq4Nl(byte[] in, int blocks, float[] out) {
        for (int block = 0; block < blocks; block++) {
            int at = block * GgmlType.IQ4_NL.blockBytes();
            decode(IQ4, half(in, at), in, at + 2, out, block * 32);
        }
    }

    /// Block of 256: scale, 8 pairs of high bits, 8 halves of low bits of the sub-blocks'
    /// scales, 128 bytes of codes.
    static void decodeIq4Xs(byte[] in, int blocks, float[] out) {
        for (int block = 0; block < blocks; block++) {
            int at = block * GgmlType.IQ4_XS.blockBytes();
            float scale = half(in, at);
            int high = unsignedShort(in, at + 2);
            for (int sub = 0; sub < 8; sub++) {
                int low = in[at + 4 + sub / 2] >> (sub % 2 * 4) & 15;
                float step = scale * ((low | (high >> (2 * sub) & 3) << 4) - 32);
                decode(IQ4, step, in, at + 8 + sub * 16, out, block * 256 + sub * 32);
            }
        }
    }

    /// Block of 32: an exponent, 16 bytes of codes.
    static void decodeMxfp4(byte[] in, int blocks, float[] out) {
        for (int block = 0; block < blocks; block++) {
            int at = block * GgmlType.MXFP4.blockBytes();
            decode(E2M1, halfPowerOfTwo(in[at] & 255), in, at + 1, out, block * 32);
        }
    }

    /// Rounds to the nearest step; the exponent is that of the greatest magnitude, less 2.
    static void encodeMxfp4(float[] in, byte[] out) {
        float greatest = ScaledBlocks.greatestMagnitude(in);
        // The logarithm is rounded to float, as the reference does: just below a power of two it
        // may round up to it.
        double logarithm = (float) (Math.log(greatest) / Math.log(2));
        int exponent = greatest > 0 ? Math.clamp((long) Math.floor(logarithm) - 2 + 127, 0, 255) : 0;
        out[0] = (byte) exponent;
        float scale = halfPowerOfTwo(exponent);
        for (int i = 0; i < 16; i++) {
            out[1 + i] = (byte) (nearest(in[i], scale) | nearest(in[i + 16], scale) << 4);
        }
    }

    private static void decode(float[] table, float scale, byte[] in, int at, float[] out, int to) {
        for (int i = 0; i < 16; i++) {
            out[to + i] = scale * table[in[at + i] & 15];
            out[to + 16 + i] = scale * table[in[at + i] >> 4 & 15];
        }
    }

    /// The first of the nearest steps.
    private static int nearest(float value, float scale) {
        int best = 0;
        for (int code = 1; code < E2M1.length; code++) {
            if (Math.abs(scale * E2M1[code] - value) < Math.abs(scale * E2M1[best] - value)) {
                best = code;
            }
        }
        return best;
    }

    /// 2^(exponent - 128): half the power of the format, since the table holds twice the values.
    private static float halfPowerOfTwo(int exponent) {
        return Math.scalb(1f, exponent - 128);
    }
}

package org.align4j.checkpoint;

import static org.align4j.checkpoint.ScaledBlocks.half;

/// Blocks of 256 values that are -1, 0 or 1 times a scale, which comes last. `TQ1_0` packs five
/// in a byte as digits of base 3, `TQ2_0` four as pairs of bits.
final class TernaryBlocks {
    private static final int SIZE = 256;

    /// Where the digits of `TQ1_0` lie: `bytes` bytes from `at` hold `digits` values each, digit
    /// d of byte i being value `first + d * bytes + i`.
    private record Span(int at, int bytes, int digits, int first) {}

    private static final Span[] SPANS = {new Span(0, 32, 5, 0), new Span(32, 16, 5, 160), new Span(48, 4, 4, 240)};

    private TernaryBlocks() {}

    /// A byte is the fraction x / 256 of its digits read behind the point in base 3: multiplying
    /// by 3 brings out one digit after the other.
    static void decodeTq1(byte[] in, int blocks, float[] out) {
        for (int block = 0; block < blocks; block++) {
            int at = block * GgmlType.TQ1_0.blockBytes();
            float scale = half(in, at + 52);
            for (Span span : SPANS) {
                for (int i = 0; i < span.bytes; i++) {
                    int fraction = in[at + span.at + i] & 255;
                    int to = block * SIZE + span.first + i;
                    for (int digit = 0; digit < span.digits; digit++) {
                        out[to + digit * span.bytes] = scale * (((fraction * 3) >> 8) - 1);
                        fraction = fraction * 3 & 255;
                    }
                }
            }
        }
    }

    static void encodeTq1(float[] in, byte[] out) {
        int[] trits = trits(in);
        for (Span span : SPANS) {
            for (int i = 0; i < span.bytes; i++) {
                int number = 0;
                for (int digit = 0; digit < 5; digit++) {
                    int trit = digit < span.digits ? trits[span.first + digit * span.bytes + i] : 0;
                    number = 3 * number + trit;
                }
                // Rounded up, so that the digits come out again.
                out[span.at + i] = (byte) ((number * 256 + 242) / 243);
            }
        }
        ScaledBlocks.putHalf(out, 52, ScaledBlocks.greatestMagnitude(in));
    }

    /// 32 bytes hold 128 values: 32 in each pair of bits.
    static void decodeTq2(byte[] in, int blocks, float[] out) {
        for (int block = 0; block < blocks; block++) {
            int at = block * GgmlType.TQ2_0.blockBytes();
            float scale = half(in, at + 64);
            for (int group = 0; group < 8; group++) {
                int codes = at + group / 4 * 32;
                int shift = group % 4 * 2;
                int to = block * SIZE + group * 32;
                for (int i = 0; i < 32; i++) {
                    out[to + i] = scale * ((in[codes + i] >> shift & 3) - 1);
                }
            }
        }
    }

    static void encodeTq2(float[] in, byte[] out) {
        int[] trits = trits(in);
        for (int i = 0; i < 64; i++) {
            int first = i / 32 * 128 + i % 32;
            out[i] = (byte) (trits[first] | trits[first + 32] << 2 | trits[first + 64] << 4 | trits[first + 96] << 6);
        }
        ScaledBlocks.putHalf(out, 64, ScaledBlocks.greatestMagnitude(in));
    }

    /// 0, 1 or 2 for each value: its rounded ratio to the greatest magnitude, plus 1.
    private static int[] trits(float[] in) {
        float scale = ScaledBlocks.greatestMagnitude(in);
        float inverse = scale == 0 ? 0 : 1 / scale;
        int[] trits = new int[SIZE];
        for (int i = 0; i < SIZE; i++) {
            trits[i] = ScaledBlocks.roundAwayFromZero(in[i] * inverse) + 1;
        }
        return trits;
    }
}

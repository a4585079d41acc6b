package org.align4j.checkpoint;

import static org.align4j.checkpoint.ScaledBlocks.half;

/// The "K" types: 256 values in sub-blocks of 16 or 32, whose scales are themselves quantised
/// and share a half-precision scale. Layout: `ggml-common.h` of ggml.
final class SuperBlocks {
    private static final int SIZE = 256;

    private SuperBlocks() {}

    /// Block: 16 bytes of scale (low half) and minimum (high), 64 bytes of 2-bit values, the
    /// scales of both. 32 bytes hold 128 values: 32 in each pair of bits.
    static void decodeQ2(byte[] in, int blocks, float[] out) {
        for (int block = 0; block < blocks; block++) {
            int at = block * GgmlType.Q2_K.blockBytes();
            float scale = half(in, at + 80);
            float minimumScale = half(in, at + 82);
            for (int sub = 0; sub < 16; sub++) {
                float step = scale * (in[at + sub] & 15);
                float minimum = minimumScale * (in[at + sub] >> 4 & 15);
                int codes = at + 16 + sub / 8 * 32 + sub % 2 * 16;
                int shift = sub % 8 / 2 * 2;
                int to = block * SIZE + sub * 16;
                for (int i = 0; i < 16; i++) {
                    out[to + i] = step * (in[codes + i] >> shift & 3) - minimum;
                }
            }
        }
    }

    /// Block: 32 bytes of third bits (clear means 4 less), 64 bytes of 2-bit values, 12 bytes of
    /// 6-bit scales, their scale.
    static void decodeQ3(byte[] in, int blocks, float[] out) {
        for (int block = 0; block < blocks; block++) {
            int at = block * GgmlType.Q3_K.blockBytes();
            float scale = half(in, at + 108);
            for (int sub = 0; sub < 16; sub++) {
                int low = in[at + 96 + sub % 8] >> (sub / 8 * 4) & 15;
                int high = in[at + 104 + sub % 4] >> (sub / 4 * 2) & 3;
                float step = scale * ((low | high << 4) - 32);
                int third = at + sub % 2 * 16;
                int codes = at + 32 + sub / 8 * 32 + sub % 2 * 16;
                int shift = sub % 8 / 2 * 2;
                int to = block * SIZE + sub * 16;
                for (int i = 0; i < 16; i++) {
                    int code = (in[codes + i] >> shift & 3) | (in[third + i] >> (sub / 2) & 1) << 2;
                    out[to + i] = step * (code - 4);
                }
            }
        }
    }

    /// Block: scale of the scales and of the minima, 12 bytes of 6-bit scales and minima, 128
    /// bytes of 4-bit values: 32 bytes hold one sub-block of 32 in the low halves, the next in
    /// the high.
    static void decodeQ4(byte[] in, int blocks, float[] out) {
        for (int block = 0; block < blocks; block++) {
            int at = block * GgmlType.Q4_K.blockBytes();
            float scale = half(in, at);
            float minimumScale = half(in, at + 2);
            for (int sub = 0; sub < 8; sub++) {
                float step = scale * scale6(in, at + 4, sub);
                float minimum = minimumScale * minimum6(in, at + 4, sub);
                int codes = at + 16 + sub / 2 * 32;
                int shift = sub % 2 * 4;
                int to = block * SIZE + sub * 32;
                for (int i = 0; i < 32; i++) {
                    out[to + i] = step * (in[codes + i] >> shift & 15) - minimum;
                }
            }
        }
    }

    /// Block: as `Q4_K`, with 32 bytes of fifth bits (bit s of byte i for value i of sub-block
    /// s) before the 4-bit values.
    static void decodeQ5(byte[] in, int blocks, float[] out) {
        for (int block = 0; block < blocks; block++) {
            int at = block * GgmlType.Q5_K.blockBytes();
            float scale = half(in, at);
            float minimumScale = half(in, at + 2);
            for (int sub = 0; sub < 8; sub++) {
                float step = scale * scale6(in, at + 4, sub);
                float minimum = minimumScale * minimum6(in, at + 4, sub);
                int fifth = at + 16;
                int codes = at + 48 + sub / 2 * 32;
                int shift = sub % 2 * 4;
                int to = block * SIZE + sub * 32;
                for (int i = 0; i < 32; i++) {
                    int code = (in[codes + i] >> shift & 15) | (in[fifth + i] >> sub & 1) << 4;
                    out[to + i] = step * code - minimum;
                }
            }
        }
    }

    /// Block: 128 bytes of low 4 bits, 64 bytes of high 2 bits, 16 signed scales, their scale.
    static void decodeQ6(byte[] in, int blocks, float[] out) {
        for (int block = 0; block < blocks; block++) {
            int at = block * GgmlType.Q6_K.blockBytes();
            float scale = half(in, at + 208);
            for (int sub = 0; sub < 16; sub++) {
                float step = scale * in[at + 192 + sub];
                int half = sub / 8;
                int within = sub % 8;
                int low = at + half * 64 + within % 4 * 16;
                int lowShift = within / 4 * 4;
                int high = at + 128 + half * 32 + within % 2 * 16;
                int highShift = within / 2 * 2;
                int to = block * SIZE + sub * 16;
                for (int i = 0; i < 16; i++) {
                    int code = (in[low + i] >> lowShift & 15) | (in[high + i] >> highShift & 3) << 4;
                    out[to + i] = step * (code - 32);
                }
            }
        }
    }

    /// Scale of sub-block `sub` among 12 bytes: the first 4 bytes and the last 4's low halves.
    private static int scale6(byte[] in, int at, int sub) {
        return sub < 4 ? in[at + sub] & 63 : (in[at + sub + 4] & 15) | (in[at + sub - 4] >> 6 & 3) << 4;
    }

    /// Minimum of sub-block `sub` among 12 bytes: the middle 4 bytes and the last 4's high
    /// halves.
    private static int minimum6(byte[] in, int at, int sub) {
        return sub < 4 ? in[at + sub + 4] & 63 : (in[at + sub + 4] >> 4 & 15) | (in[at + sub] >> 6 & 3) << 4;
    }
}

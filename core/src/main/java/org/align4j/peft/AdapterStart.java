package org.align4j.peft;

import java.nio.charset.StandardCharsets;

/// First values of a new adapter, drawn from counters keyed by (seed, module, matrix, position):
/// the same whatever the order of modules.
public final class AdapterStart {
    /// The odd constant of SplitMix64 (Steele et al. 2014).
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private AdapterStart() {}

    /// Fills A, `[rank, inputs]`: uniform within ±1/√inputs, which is Kaiming's bound for a = √5;
    /// or normal with deviation 1/rank.
    public static void fillA(
            float[] values, AdapterTarget target, AdapterConfig.Initialisation initialisation, long seed) {
        int inputs = values.length / target.rank();
        long key = key(seed, target.module(), 'A');
        switch (initialisation) {
            case DEFAULT, RANDOM -> uniform(values, key, 1 / Math.sqrt(inputs));
            case GAUSSIAN -> normal(values, key, 1.0 / target.rank());
        }
    }

    /// Fills B, `[outputs, rank]`: zeros, so that the adapter changes nothing at first; or uniform
    /// within ±1/√rank where the initialisation is random.
    public static void fillB(
            float[] values, AdapterTarget target, AdapterConfig.Initialisation initialisation, long seed) {
        double bound = switch (initialisation) {
            case DEFAULT, GAUSSIAN -> 0;
            case RANDOM -> 1 / Math.sqrt(target.rank());
        };
        uniform(values, key(seed, target.module(), 'B'), bound);
    }

    private static void uniform(float[] values, long key, double bound) {
        for (int i = 0; i < values.length; i++) {
            values[i] = bound == 0 ? 0 : (float) (bound * (2 * draw(key, i) - 1));
        }
    }

    /// Box and Muller's transform, two draws a value.
    private static void normal(float[] values, long key, double deviation) {
        for (int i = 0; i < values.length; i++) {
            double radius = Math.sqrt(-2 * Math.log(1 - draw(key, 2L * i)));
            values[i] = (float) (deviation * radius * Math.cos(2 * Math.PI * draw(key, 2L * i + 1)));
        }
    }

    /// Number `counter` of the stream `key`, uniform in 0 … 1, 1 excluded.
    private static double draw(long key, long counter) {
        return (mix(key + GOLDEN * (counter + 1)) >>> 11) * 0x1p-53;
    }

    private static long key(long seed, String module, char matrix) {
        long key = mix(seed + GOLDEN);
        for (byte b : (module + "\0" + matrix).getBytes(StandardCharsets.UTF_8)) {
            key = mix(key + GOLDEN * (b + 1L));
        }
        return key;
    }

    /// The finaliser of SplitMix64.
    private static long mix(long bits) {
        long z = (bits ^ bits >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}

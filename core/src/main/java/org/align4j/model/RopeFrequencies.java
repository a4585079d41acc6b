package org.align4j.model;

import java.util.List;
import org.align4j.model.Architecture.Rope;

/// The angles by which rotary embeddings turn a head's features, for every [RopeScaling]. A feature
/// pair j of a token at position p turns by `p * inverse[j]`. The formulas are those of
/// transformers' `modeling_rope_utils`, in double precision.
public final class RopeFrequencies {
    private RopeFrequencies() {}

    /// Angle per position of each feature pair.
    ///
    /// @param sequenceLength tokens of the sequence; it matters only where [#dependsOnLength] says
    ///     so
    /// @return `[rope.size() / 2]`, falling
    public static double[] inverse(Rope rope, int sequenceLength) {
        return switch (rope.scaling()) {
            case RopeScaling.None _ -> plain(rope.theta(), rope.size());
            case RopeScaling.Linear linear -> divided(plain(rope.theta(), rope.size()), linear.factor());
            case RopeScaling.Llama3 llama3 -> llama3(plain(rope.theta(), rope.size()), llama3);
            case RopeScaling.Yarn yarn -> yarn(rope, yarn);
            case RopeScaling.Dynamic dynamic -> plain(grownTheta(rope, dynamic, sequenceLength), rope.size());
            case RopeScaling.LongRope longRope ->
                divided(
                        plain(rope.theta(), rope.size()),
                        sequenceLength > longRope.originalMaxPositions()
                                ? longRope.longFactor()
                                : longRope.shortFactor());
        };
    }

    /// The factor on cosines and sines.
    public static double attentionFactor(Rope rope) {
        return switch (rope.scaling()) {
            case RopeScaling.Yarn yarn -> yarn.attentionFactor();
            case RopeScaling.LongRope longRope -> longRope.attentionFactor();
            case RopeScaling.None _, RopeScaling.Linear _, RopeScaling.Llama3 _, RopeScaling.Dynamic _ -> 1;
        };
    }

    /// Whether sequences of different lengths turn differently.
    public static boolean dependsOnLength(Rope rope) {
        return switch (rope.scaling()) {
            case RopeScaling.Dynamic _ -> true;
            case RopeScaling.LongRope longRope -> !longRope.shortFactor().equals(longRope.longFactor());
            case RopeScaling.None _, RopeScaling.Linear _, RopeScaling.Llama3 _, RopeScaling.Yarn _ -> false;
        };
    }

    private static double[] plain(double theta, int size) {
        double[] inverse = new double[size / 2];
        for (int j = 0; j < inverse.length; j++) {
            inverse[j] = Math.pow(theta, -2.0 * j / size);
        }
        return inverse;
    }

    private static double[] divided(double[] inverse, double factor) {
        for (int j = 0; j < inverse.length; j++) {
            inverse[j] /= factor;
        }
        return inverse;
    }

    private static double[] divided(double[] inverse, List<Double> factors) {
        for (int j = 0; j < inverse.length; j++) {
            inverse[j] /= factors.get(j);
        }
        return inverse;
    }

    /// Wavelengths above `original / low` are stretched, those below `original / high` kept, those
    /// between blended.
    private static double[] llama3(double[] inverse, RopeScaling.Llama3 scaling) {
        double low = scaling.lowFrequencyFactor();
        double high = scaling.highFrequencyFactor();
        for (int j = 0; j < inverse.length; j++) {
            double turns = scaling.originalMaxPositions() * inverse[j] / (2 * Math.PI);
            double kept = Math.clamp((turns - low) / (high - low), 0, 1);
            inverse[j] *= kept + (1 - kept) / scaling.factor();
        }
        return inverse;
    }

    /// Section 3.2 of Peng et al. 2023, "NTK-by-parts": pairs that turn often are kept, those that
    /// turn rarely divided by the factor, with a linear ramp over the pairs between.
    private static double[] yarn(Rope rope, RopeScaling.Yarn scaling) {
        double[] inverse = plain(rope.theta(), rope.size());
        double low = pairThatTurns(scaling.betaFast(), rope, scaling);
        double high = pairThatTurns(scaling.betaSlow(), rope, scaling);
        if (scaling.truncate()) {
            low = Math.floor(low);
            high = Math.ceil(high);
        }
        low = Math.max(low, 0);
        high = Math.min(high, rope.size() - 1);
        // a ramp of no width is a step
        double width = low == high ? 0.001 : high - low;
        for (int j = 0; j < inverse.length; j++) {
            double stretched = Math.clamp((j - low) / width, 0, 1);
            inverse[j] *= 1 - stretched + stretched / scaling.factor();
        }
        return inverse;
    }

    /// The (fractional) pair that makes `turns` full turns within the original context.
    private static double pairThatTurns(double turns, Rope rope, RopeScaling.Yarn scaling) {
        return rope.size()
                * Math.log(scaling.originalMaxPositions() / (turns * 2 * Math.PI))
                / (2 * Math.log(rope.theta()));
    }

    private static double grownTheta(Rope rope, RopeScaling.Dynamic scaling, int sequenceLength) {
        double length = Math.max(sequenceLength, scaling.originalMaxPositions());
        double growth = scaling.factor() * length / scaling.originalMaxPositions() - (scaling.factor() - 1);
        return rope.theta() * Math.pow(growth, rope.size() / (rope.size() - 2.0));
    }
}

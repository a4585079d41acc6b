package org.align4j.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.align4j.model.Architecture.Rope;
import org.align4j.nn.Rotation;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Tensor;

/// Makes the rotations of a batch's tokens.
public final class Rotations {
    private Rotations() {}

    /// One rotation for each rope of the architecture. Angles are computed in float32, as
    /// transformers does.
    ///
    /// @param positions of each token, `[N]`
    /// @param lengths of the sequence that each token belongs to, `[N]`: dynamic and longrope
    ///     scaling depend on it
    public static List<Rotation> of(
            Architecture architecture, int[] positions, int[] lengths, DType dtype, Device device) {
        List<Rotation> rotations = new ArrayList<>();
        Tensor at = Tensor.of(positions).to(DType.FLOAT32).unsqueeze(1);
        for (Rope rope : architecture.ropes()) {
            rotations.add(of(rope, at, lengths, dtype, device));
        }
        return rotations;
    }

    private static Rotation of(Rope rope, Tensor positions, int[] lengths, DType dtype, Device device) {
        // Few distinct rows: those of each distinct length, or one for all.
        Map<Integer, Integer> rowOfLength = new LinkedHashMap<>();
        List<Tensor> rows = new ArrayList<>();
        List<Float> factors = new ArrayList<>();
        int[] rowOfToken = new int[lengths.length];
        for (int i = 0; i < lengths.length; i++) {
            int length = RopeFrequencies.dependsOnLength(rope) ? lengths[i] : 0;
            rowOfToken[i] = rowOfLength.computeIfAbsent(length, fresh -> {
                rows.add(Tensor.of(floats(RopeFrequencies.inverse(rope, fresh))));
                factors.add((float) RopeFrequencies.attentionFactor(rope));
                return rows.size() - 1;
            });
        }
        int half = rope.size() / 2;
        Tensor angles = rows.size() == 1
                ? positions.mul(rows.getFirst().unsqueeze(0))
                : positions.mul(Tensor.stack(rows, 0).indexSelect(0, Tensor.of(rowOfToken)));
        float[] factorOfRow = new float[factors.size()];
        for (int i = 0; i < factorOfRow.length; i++) {
            factorOfRow[i] = factors.get(i);
        }
        Tensor factor =
                Tensor.of(factorOfRow).indexSelect(0, Tensor.of(rowOfToken)).unsqueeze(1);
        Tensor cosine = angles.cos().mul_(factor).to(dtype).to(device);
        Tensor sine = angles.sin().mul_(factor).to(dtype).to(device);
        Tensor minus = sine.neg();
        return new Rotation(
                cosine.view(-1, 1, 1, half),
                Tensor.stack(List.of(minus, sine), 1).view(-1, 1, 2, half),
                Tensor.stack(List.of(sine, minus), 1).view(-1, 1, 2, half),
                rope.size());
    }

    private static float[] floats(double[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = (float) values[i];
        }
        return result;
    }
}

package org.align4j.train.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.align4j.data.PackedBatch;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.rl.Rollout;
import org.align4j.tensor.Scope;

/// Values of the states before answers' tokens.
final class RolloutValues {
    private RolloutValues() {}

    /// Of each answer's tokens.
    ///
    /// @param model with a scalar head
    /// @param maxTokens of a forward pass
    static float[][] of(CausalLm model, List<Rollout> rollouts, int maxTokens) {
        List<Integer> all = IntStream.range(0, rollouts.size()).boxed().toList();
        float[][] values = new float[rollouts.size()][];
        int next = 0;
        for (List<Integer> microBatch : RolloutLogps.microBatches(rollouts, all, maxTokens)) {
            List<Rollout> batch = microBatch.stream().map(rollouts::get).toList();
            PackedBatch packed = model.pack(Rollout.groups(batch));
            try (Scope scope = Scope.open();
                    Tape tape = model.forward(packed, Wanted.scores(states(packed)), Recording.NONE)) {
                float[] computed = tape.scores().toFloats();
                int from = 0;
                for (Rollout rollout : batch) {
                    int to = from + rollout.tokens().length;
                    values[next++] = Arrays.copyOfRange(computed, from, to);
                    from = to;
                }
            }
        }
        return values;
    }

    /// Rows of the states before the targets of a batch, in the targets' order.
    static int[] states(PackedBatch packed) {
        List<Integer> rows = new ArrayList<>();
        for (int b = 0; b < packed.sequenceCount(); b++) {
            for (int t = packed.offsets()[b]; t < packed.offsets()[b + 1]; t++) {
                if (packed.lossMask()[t]) {
                    rows.add(packed.predictor(b, t));
                }
            }
        }
        return rows.stream().mapToInt(Integer::intValue).toArray();
    }
}

package org.align4j.train.policy;

import java.util.ArrayList;
import java.util.List;
import org.align4j.data.PackedBatch;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.rl.Rollout;
import org.align4j.tensor.Scope;

/// Values of the states before answers' tokens, and the log-probabilities of these tokens where one
/// model gives both.
///
/// @param values of each answer's tokens
/// @param logps likewise; empty arrays of a model that gives values only
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
record RolloutValues(float[][] values, float[][] logps) {
    /// Of answers.
    ///
    /// @param model with a scalar head
    /// @param pass at whose temperature log-probabilities are computed, where the model has a head
    ///     for tokens, too
    static RolloutValues of(CausalLm model, List<Rollout> rollouts, RolloutLogps pass) {
        boolean both = model.architecture().outputs().language();
        List<float[]> values = new ArrayList<>();
        List<float[]> logps = new ArrayList<>();
        for (List<Integer> microBatch :
                RolloutLogps.microBatches(rollouts, RolloutLogps.allOf(rollouts), pass.maxTokens())) {
            List<Rollout> batch = microBatch.stream().map(rollouts::get).toList();
            PackedBatch packed = model.pack(Rollout.groups(batch));
            Wanted wanted = both
                    ? Wanted.logps().withTemperature(pass.temperature()).withScores(states(packed))
                    : Wanted.scores(states(packed));
            try (Scope scope = Scope.open();
                    Tape tape = model.forward(packed, wanted, Recording.NONE)) {
                values.addAll(RolloutTokens.cut(batch, tape.scores().toFloats()));
                if (both) {
                    logps.addAll(RolloutTokens.cut(batch, tape.logps().toFloats()));
                }
            }
        }
        return new RolloutValues(values.toArray(float[][]::new), logps.toArray(float[][]::new));
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

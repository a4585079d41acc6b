package org.align4j.train.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.align4j.rl.Rollout;

/// Values of answers' tokens, laid end to end as in a packed batch.
final class RolloutTokens {
    private RolloutTokens() {}

    /// @param rollouts numbers of answers
    /// @param values of an answer's tokens
    static float[] joined(List<Integer> rollouts, IntFunction<float[]> values) {
        int length = 0;
        for (int rollout : rollouts) {
            length += values.apply(rollout).length;
        }
        float[] all = new float[length];
        int at = 0;
        for (int rollout : rollouts) {
            float[] own = values.apply(rollout);
            System.arraycopy(own, 0, all, at, own.length);
            at += own.length;
        }
        return all;
    }

    /// Cuts what was computed of answers end to end into theirs.
    static List<float[]> cut(List<Rollout> rollouts, float[] all) {
        List<float[]> each = new ArrayList<>();
        int from = 0;
        for (Rollout rollout : rollouts) {
            int to = from + rollout.drawnTokens();
            each.add(Arrays.copyOfRange(all, from, to));
            from = to;
        }
        return each;
    }
}

package org.align4j.train.policy;

import java.util.ArrayList;
import java.util.List;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.rl.Rollout;
import org.align4j.tensor.Scope;

/// Log-probabilities of answers' tokens as a learner computes them.
///
/// @param temperature at which the answers were drawn
/// @param maxTokens tokens of a forward pass
record RolloutLogps(double temperature, int maxTokens) {
    /// Of each answer's tokens.
    float[][] of(CausalLm model, List<Rollout> rollouts) {
        List<float[]> logps = new ArrayList<>();
        for (List<Integer> microBatch : microBatches(rollouts, allOf(rollouts), maxTokens)) {
            List<Rollout> batch = microBatch.stream().map(rollouts::get).toList();
            try (Scope scope = Scope.open();
                    Tape tape = model.forward(
                            model.pack(Rollout.groups(batch)),
                            Wanted.logps().withTemperature(temperature),
                            Recording.NONE)) {
                logps.addAll(RolloutTokens.cut(batch, tape.logps().toFloats()));
            }
        }
        return logps.toArray(float[][]::new);
    }

    static List<Integer> allOf(List<Rollout> rollouts) {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < rollouts.size(); i++) {
            all.add(i);
        }
        return all;
    }

    /// Cuts a list of answers into stretches of at most so many tokens, prompts included, but of
    /// one answer at least.
    static List<List<Integer>> microBatches(List<Rollout> rollouts, List<Integer> chosen, int maxTokens) {
        List<List<Integer>> batches = new ArrayList<>();
        int tokens = 0;
        for (int i : chosen) {
            int length = rollouts.get(i).length();
            if (batches.isEmpty() || tokens + length > maxTokens) {
                batches.add(new ArrayList<>());
                tokens = 0;
            }
            batches.getLast().add(i);
            tokens += length;
        }
        return batches;
    }
}

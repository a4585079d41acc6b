package org.align4j.bench.frontier;

import java.util.ArrayList;
import java.util.List;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.PackedBatch;
import org.align4j.data.encode.ChatRenderer;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.rl.Rollout;
import org.align4j.rl.RolloutSampler;
import org.align4j.tensor.Scope;
import org.align4j.tokenizer.ChatTemplate;
import org.align4j.world.task.Instruction;

/// Stories that a model draws at temperature 1, and how likely it finds stories.
final class Answers {
    static final int MAX_NEW_TOKENS = 192;
    private static final int AT_ONCE = 64;
    private static final int BATCH = 16;

    private Answers() {}

    /// `group` answers to each instruction, the groups one after the other.
    static List<Rollout> draw(LoadedModel loaded, List<Instruction> asked, int group, long seed) {
        ChatRenderer renderer = ChatRenderer.of(loaded.template().orElseThrow(), ChatTemplate.Options.conversation());
        List<int[]> prompts = asked.stream()
                .map(each -> loaded.tokenizer()
                        .encodePrompt(renderer.render(each.conversation().first(1), true)
                                .text()))
                .toList();
        return new RolloutSampler(loaded, 1, List.of(), MAX_NEW_TOKENS, AT_ONCE, seed)
                .draw(prompts, group, 0, 0, () -> false)
                .orElseThrow();
    }

    /// log π(y|x) of each answer.
    static double[] logps(LoadedModel loaded, List<Rollout> rollouts) {
        double[] sums = new double[rollouts.size()];
        int at = 0;
        for (int from = 0; from < rollouts.size(); from += BATCH) {
            List<Rollout> part = new ArrayList<>(rollouts.subList(from, Math.min(rollouts.size(), from + BATCH)));
            PackedBatch batch = loaded.model().pack(Rollout.groups(part));
            try (Scope scope = Scope.open();
                    Tape tape = loaded.model().forward(batch, Wanted.logps(), Recording.NONE)) {
                float[] tokens = tape.logps().toFloats();
                int token = 0;
                for (Rollout rollout : part) {
                    for (int t = 0; t < rollout.tokens().length; t++) {
                        sums[at] += tokens[token++];
                    }
                    at++;
                }
            }
        }
        return sums;
    }
}

package org.align4j.rl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.align4j.data.Source;
import org.align4j.data.TokenizedExample;

/// A prompt and an answer that a policy drew.
///
/// @param prompt ids
/// @param tokens of the answer, its end token included, at least one
/// @param samplerLogps their log-probabilities as the sampler computed them, at its temperature
/// @param ended whether the policy ended it; otherwise it was cut off
/// @param text of the answer
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
public record Rollout(int[] prompt, int[] tokens, float[] samplerLogps, boolean ended, String text) {
    /// Prompts with their answers, whose tokens are the targets, in order: answers to one prompt
    /// that follow each other are a group, which may share it.
    public static List<List<TokenizedExample>> groups(List<Rollout> rollouts) {
        List<List<TokenizedExample>> groups = new ArrayList<>();
        for (int i = 0; i < rollouts.size(); i++) {
            if (i == 0 || !Arrays.equals(rollouts.get(i).prompt, rollouts.get(i - 1).prompt)) {
                groups.add(new ArrayList<>());
            }
            groups.getLast()
                    .add(new TokenizedExample(
                            rollouts.get(i).sequence(), rollouts.get(i).targets(), Source.memory(i)));
        }
        return groups;
    }

    /// Tokens of prompt and answer.
    public int length() {
        return prompt.length + tokens.length;
    }

    private int[] sequence() {
        int[] sequence = Arrays.copyOf(prompt, length());
        System.arraycopy(tokens, 0, sequence, prompt.length, tokens.length);
        return sequence;
    }

    private boolean[] targets() {
        boolean[] mask = new boolean[length()];
        Arrays.fill(mask, prompt.length, mask.length, true);
        return mask;
    }
}

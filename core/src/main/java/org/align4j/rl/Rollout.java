package org.align4j.rl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.align4j.data.Source;
import org.align4j.data.TokenizedExample;

/// A prompt and an answer that a policy drew; in episodes of several turns, also what it was told
/// in between.
///
/// @param prompt ids
/// @param tokens that follow it, the end token included, at least one, `[T]`
/// @param drawn which of these the policy drew and learns from; the others are observations, `[T]`
/// @param samplerLogps log-probabilities of the drawn ones as the sampler computed them, at its
///     temperature
/// @param ended whether the policy ended it; otherwise it was cut off
/// @param text of the answer
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
public record Rollout(int[] prompt, int[] tokens, boolean[] drawn, float[] samplerLogps, boolean ended, String text) {
    /// An answer all of whose tokens were drawn.
    public static Rollout answer(int[] prompt, int[] tokens, float[] samplerLogps, boolean ended, String text) {
        boolean[] drawn = new boolean[tokens.length];
        Arrays.fill(drawn, true);
        return new Rollout(prompt, tokens, drawn, samplerLogps, ended, text);
    }

    /// Prompts with their answers, whose drawn tokens are the targets, in order: answers to one
    /// prompt that follow each other are a group, which may share it.
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

    /// How many tokens the policy drew: those with log-probabilities.
    public int drawnTokens() {
        int count = 0;
        for (boolean each : drawn) {
            count += each ? 1 : 0;
        }
        return count;
    }

    /// How often the policy spoke: runs of drawn tokens.
    public int turns() {
        int turns = 0;
        for (int t = 0; t < drawn.length; t++) {
            turns += drawn[t] && (t == 0 || !drawn[t - 1]) ? 1 : 0;
        }
        return turns;
    }

    private int[] sequence() {
        int[] sequence = Arrays.copyOf(prompt, length());
        System.arraycopy(tokens, 0, sequence, prompt.length, tokens.length);
        return sequence;
    }

    private boolean[] targets() {
        boolean[] mask = new boolean[length()];
        System.arraycopy(drawn, 0, mask, prompt.length, drawn.length);
        return mask;
    }
}

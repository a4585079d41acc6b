package org.align4j.rl;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.align4j.data.PackedBatch;
import org.align4j.data.TokenizedExample;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.tensor.Scope;

/// What a model with a scalar head says about whole texts: its number at each text's last token.
public final class Scores {
    private Scores() {}

    /// The scores of every group's texts, raw.
    ///
    /// @param maxTokens of a batch, but for a group that has more
    /// @param interrupted ends early, with the groups scored so far
    public static List<float[]> of(
            CausalLm model, List<List<TokenizedExample>> groups, int maxTokens, BooleanSupplier interrupted) {
        List<float[]> scores = new ArrayList<>();
        int from = 0;
        while (from < groups.size() && !interrupted.getAsBoolean()) {
            int to = from;
            int tokens = 0;
            while (to < groups.size() && (to == from || tokens + length(groups.get(to)) <= maxTokens)) {
                tokens += length(groups.get(to++));
            }
            scores.addAll(batch(model, groups.subList(from, to)));
            from = to;
        }
        return scores;
    }

    private static int length(List<TokenizedExample> group) {
        return group.stream().mapToInt(TokenizedExample::length).sum();
    }

    private static List<float[]> batch(CausalLm model, List<List<TokenizedExample>> groups) {
        PackedBatch batch = model.pack(groups);
        float[] all;
        try (Scope scope = Scope.open();
                Tape tape = model.forward(batch, Wanted.scores(batch.ends()), Recording.NONE)) {
            all = tape.scores().toFloats();
        }
        List<float[]> scores = new ArrayList<>();
        int at = 0;
        for (List<TokenizedExample> group : groups) {
            scores.add(java.util.Arrays.copyOfRange(all, at, at + group.size()));
            at += group.size();
        }
        return scores;
    }
}

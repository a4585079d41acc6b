package org.align4j.rl;

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
        return TextBatches.scored(groups, maxTokens, interrupted, part -> {
            PackedBatch batch = model.pack(part);
            try (Scope scope = Scope.open();
                    Tape tape = model.forward(batch, Wanted.scores(batch.ends()), Recording.NONE)) {
                return tape.scores().toFloats();
            }
        });
    }
}

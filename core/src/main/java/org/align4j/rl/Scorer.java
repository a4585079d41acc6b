package org.align4j.rl;

import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.ChatRenderer;

/// What says how good answers are. Its weights belong to the scope that it was loaded in; closing
/// frees what else it holds.
public sealed interface Scorer extends AutoCloseable permits RewardModel, ImplicitReward {
    /// The model whose tokenizer and template answers are written with.
    LoadedModel loaded();

    /// How conversations are written for it; empty where it was trained on plain texts or has no
    /// template.
    Optional<ChatRenderer> renderer();

    /// Raw scores of groups of texts.
    ///
    /// @param groups answers to one prompt each, each up to its end token
    /// @param maxTokens of a batch, but for a group that has more
    /// @param interrupted ends early, with the groups scored so far
    List<float[]> score(List<List<TokenizedExample>> groups, int maxTokens, BooleanSupplier interrupted);

    /// A raw score moved so that demonstrations score 0 on average; the raw one where no shift is
    /// known.
    default double normalised(double raw) {
        return raw;
    }

    @Override
    void close();
}

package org.align4j.train.policy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.error.AlignException;
import org.align4j.model.CausalLm;
import org.align4j.model.Heads;
import org.align4j.peft.AttachedAdapter;
import org.align4j.peft.ModelLoading;
import org.align4j.rl.Rollout;
import org.align4j.train.Learner;

/// The policy that another is to stay near: the same model with its adapter switched off, or a
/// second one.
///
/// @param adapter to switch off, where the model is shared
record FrozenReference(CausalLm model, Optional<AttachedAdapter> adapter) {
    /// @param other a model in its own right; empty: the learner's as it was before training
    /// @throws AlignException.Config for another vocabulary than the learner's
    static FrozenReference of(Learner learner, Learner.Settings settings, Optional<Path> other) {
        if (other.isEmpty() && learner.adapter().isPresent()) {
            return new FrozenReference(learner.model(), learner.adapter());
        }
        try (LoadedModel loaded = ModelLoading.whole(
                other.orElse(settings.model()),
                settings.precision().dtype(),
                learner.model().device(),
                false,
                Heads.LANGUAGE)) {
            int known = loaded.model().architecture().vocabularySize();
            int wanted = learner.model().architecture().vocabularySize();
            if (known != wanted) {
                throw new AlignException.Config("reference: its vocabulary has " + known + " tokens, the model's "
                        + wanted + "; name a model with the same tokenizer");
            }
            return new FrozenReference(loaded.model(), Optional.empty());
        }
    }

    /// Log-probabilities of each answer's tokens.
    float[][] logps(RolloutLogps pass, List<Rollout> rollouts) {
        adapter.ifPresent(AttachedAdapter::disable);
        try {
            return pass.of(model, rollouts);
        } finally {
            adapter.ifPresent(AttachedAdapter::enable);
        }
    }
}

package org.align4j.train.policy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.align4j.checkpoint.LoadedModel;
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
    /// @throws org.align4j.error.AlignException.Config for other tokens than the learner's
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
            learner.loaded().requireTokensOf(loaded, "reference");
            return new FrozenReference(loaded.model(), Optional.empty());
        }
    }

    /// Log-probabilities of each answer's tokens.
    float[][] logps(RolloutLogps pass, List<Rollout> rollouts) {
        return acting(() -> pass.of(model, rollouts));
    }

    /// Does something with [#model] while that is the reference and not the policy.
    <T> T acting(Supplier<T> work) {
        adapter.ifPresent(AttachedAdapter::disable);
        try {
            return work.get();
        } finally {
            adapter.ifPresent(AttachedAdapter::enable);
        }
    }
}

package org.align4j.train;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.concurrent.TimeUnit;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.BatchPlan;
import org.align4j.data.PackedBatch;
import org.align4j.data.TokenizedExample;
import org.align4j.error.AlignException;
import org.align4j.model.CausalLm;
import org.align4j.run.Interruption;
import org.align4j.run.RunEvent;
import org.align4j.run.RunListener;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;

/// How a run comes by its reference: read from disk or computed, before training or at each step.
///
/// @param subject what is trained
/// @param maxTokens tokens of a batch
record ReferencePass(
        ReferenceConfig config,
        Learner.Subject subject,
        Precision precision,
        int maxTokens,
        RunListener listener,
        Interruption interruption) {
    private static final long NOTE_EVERY = TimeUnit.SECONDS.toNanos(10);

    /// @param learner the model that is trained; a live model beside it belongs to the scope that is open
    /// @param untrained whether it is as it was before training
    /// @param sequences all that the run looks at
    /// @return empty where it was interrupted
    Optional<ReferenceLogps> of(Learner learner, boolean untrained, SequencedSet<TokenizedExample> sequences) {
        boolean other = config.model().isPresent();
        return switch (config.mode()) {
            case NONE -> Optional.of(new ReferenceLogps.None(subject.device()));
            case LIVE ->
                Optional.of(
                        !other && learner.adapter().isPresent()
                                ? new ReferenceLogps.AdapterOff(
                                        learner.model(), learner.adapter().get())
                                : live(learner));
            case CACHED -> cached(learner, untrained, sequences);
        };
    }

    private ReferenceLogps live(Learner learner) {
        try (LoadedModel loaded = load(learner)) {
            return new ReferenceLogps.Live(loaded.model());
        }
    }

    private Optional<ReferenceLogps> cached(
            Learner learner, boolean untrained, SequencedSet<TokenizedExample> sequences) {
        ReferenceCache cache =
                ReferenceCache.of(config.cache(), config.model().orElse(subject.model()), precision, sequences);
        Optional<Map<TokenizedExample, float[]>> found = cache.read();
        if (found.isPresent()) {
            listener.on(new RunEvent.Noted("reference log-probabilities: read from " + cache.file()));
        } else {
            found = computed(learner, untrained, sequences);
            found.ifPresent(cache::write);
        }
        return found.map(logps -> new ReferenceLogps.Cached(logps, subject.device()));
    }

    private Optional<Map<TokenizedExample, float[]>> computed(
            Learner learner, boolean untrained, SequencedSet<TokenizedExample> sequences) {
        if (config.model().isPresent()) {
            return computedByAnother(learner, sequences);
        }
        if (learner.adapter().isPresent()) {
            return compute(new ReferenceLogps.AdapterOff(learner.model(), learner.adapter().get()), sequences);
        }
        return untrained
                ? compute(new ReferenceLogps.Live(learner.model()), sequences)
                : computedByAnother(learner, sequences);
    }

    private Optional<Map<TokenizedExample, float[]>> computedByAnother(
            Learner learner, SequencedSet<TokenizedExample> sequences) {
        try (Scope scope = Scope.open();
                LoadedModel loaded = load(learner)) {
            return compute(new ReferenceLogps.Live(loaded.model()), sequences);
        }
    }

    /// @throws AlignException.Config for another vocabulary than the learner's
    private LoadedModel load(Learner learner) {
        LoadedModel loaded =
                LoadedModel.load(config.model().orElse(subject.model()), subject.dtype(), subject.device(), false);
        int known = loaded.model().architecture().vocabularySize();
        int wanted = learner.model().architecture().vocabularySize();
        if (known != wanted || !sameTokens(learner.loaded(), loaded)) {
            throw new AlignException.Config("reference.model: its vocabulary (" + known
                    + " tokens) is not that of the model (" + wanted
                    + "), so it cannot say how likely the same tokens are; name a model with the same tokenizer");
        }
        return loaded;
    }

    private static boolean sameTokens(LoadedModel one, LoadedModel other) {
        int size = one.tokenizer().vocabularySize();
        if (size != other.tokenizer().vocabularySize()) {
            return false;
        }
        for (int id = 0; id < size; id++) {
            if (!one.tokenizer().token(id).equals(other.tokenizer().token(id))) {
                return false;
            }
        }
        return true;
    }

    private Optional<Map<TokenizedExample, float[]>> compute(
            ReferenceLogps reference, SequencedSet<TokenizedExample> sequences) {
        List<TokenizedExample> all = List.copyOf(sequences);
        int longest = all.stream().mapToInt(TokenizedExample::length).max().orElse(1);
        List<BatchPlan.Step> steps = BatchPlan.of(
                        all, new BatchPlan.ByTokens(Math.max(longest, maxTokens), true), 1, false, 0)
                .epoch(0);
        Map<TokenizedExample, float[]> logps = new HashMap<>();
        long begun = System.nanoTime();
        long lastNote = begun;
        for (BatchPlan.Step step : steps) {
            if (interruption.requested()) {
                return Optional.empty();
            }
            List<TokenizedExample> batch =
                    step.microBatches().getFirst().stream().map(all::get).toList();
            try (Scope scope = Scope.open()) {
                split(reference.of(PackedBatch.of(batch), batch), batch, logps);
            }
            long now = System.nanoTime();
            if (now - lastNote > NOTE_EVERY) {
                lastNote = now;
                note(logps.size(), all.size(), now - begun);
            }
        }
        note(logps.size(), all.size(), System.nanoTime() - begun);
        return Optional.of(logps);
    }

    private void note(int done, int all, long nanos) {
        listener.on(new RunEvent.Noted("reference log-probabilities: " + done + " of " + all + " sequences, "
                + TimeUnit.NANOSECONDS.toSeconds(nanos) + " s"));
    }

    private static void split(Tensor all, List<TokenizedExample> batch, Map<TokenizedExample, float[]> logps) {
        float[] values = all.toFloats();
        int from = 0;
        for (TokenizedExample sequence : batch) {
            int to = from + sequence.trainedTokens();
            logps.put(sequence, Arrays.copyOfRange(values, from, to));
            from = to;
        }
    }
}

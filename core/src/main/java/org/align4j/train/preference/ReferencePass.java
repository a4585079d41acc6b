package org.align4j.train.preference;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.BatchPlan;
import org.align4j.data.TokenizedExample;
import org.align4j.model.CausalLm;
import org.align4j.model.Heads;
import org.align4j.peft.ModelLoading;
import org.align4j.run.Interruption;
import org.align4j.run.RunEvent;
import org.align4j.run.RunListener;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.train.Learner;

/// How a run comes by its reference: read from disk or computed, before training or at each step.
///
/// @param settings of the model that is trained
/// @param maxTokens tokens of a batch
record ReferencePass(
        ReferenceConfig config,
        Learner.Settings settings,
        int maxTokens,
        RunListener listener,
        Interruption interruption) {
    private static final long NOTE_EVERY = TimeUnit.SECONDS.toNanos(10);

    /// @param learner the model that is trained; a live model beside it belongs to the scope that
    ///     is open
    /// @param untrained whether it is as it was before training
    /// @param groups all that the run looks at, by the prompts that they share
    /// @return empty where it was interrupted
    Optional<ReferenceLogps> of(Learner learner, boolean untrained, List<List<TokenizedExample>> groups) {
        boolean other = config.model().isPresent();
        return switch (config.mode()) {
            case NONE -> Optional.of(new ReferenceLogps.None(learner.model().device()));
            case LIVE ->
                Optional.of(
                        !other && learner.adapter().isPresent()
                                ? new ReferenceLogps.AdapterOff(
                                        learner.model(), learner.adapter().get())
                                : live(learner));
            case CACHED -> cached(learner, untrained, groups);
        };
    }

    private ReferenceLogps live(Learner learner) {
        try (LoadedModel loaded = load(learner)) {
            return new ReferenceLogps.Live(loaded.model());
        }
    }

    /// What can say how likely answers are that nobody knew before, without another model in
    /// memory.
    ///
    /// @param known the run's reference
    Optional<ReferenceLogps> ofNewAnswers(Learner learner, ReferenceLogps known) {
        return switch (known) {
            case ReferenceLogps.Live live -> Optional.of(live);
            case ReferenceLogps.AdapterOff off -> Optional.of(off);
            case ReferenceLogps.Cached cached
            when config.model().isEmpty() ->
                learner.adapter().map(adapter -> new ReferenceLogps.AdapterOff(learner.model(), adapter));
            case ReferenceLogps.Cached cached -> Optional.empty();
            case ReferenceLogps.None none -> Optional.empty();
        };
    }

    private Optional<ReferenceLogps> cached(Learner learner, boolean untrained, List<List<TokenizedExample>> groups) {
        List<TokenizedExample> sequences = groups.stream().flatMap(List::stream).toList();
        ReferenceCache cache = ReferenceCache.of(
                config.cache(), config.model().orElse(settings.model()), settings.precision(), sequences);
        Optional<Map<TokenizedExample, float[]>> found = cache.read();
        if (found.isPresent()) {
            listener.on(new RunEvent.Noted("reference log-probabilities: read from " + cache.file()));
        } else {
            found = computed(learner, untrained, groups);
            found.ifPresent(cache::write);
        }
        return found.map(
                logps -> new ReferenceLogps.Cached(logps, learner.model().device()));
    }

    private Optional<Map<TokenizedExample, float[]>> computed(
            Learner learner, boolean untrained, List<List<TokenizedExample>> groups) {
        if (config.model().isPresent()) {
            return computedByAnother(learner, groups);
        }
        if (learner.adapter().isPresent()) {
            return compute(
                    learner.model(),
                    new ReferenceLogps.AdapterOff(
                            learner.model(), learner.adapter().get()),
                    groups);
        }
        return untrained
                ? compute(learner.model(), new ReferenceLogps.Live(learner.model()), groups)
                : computedByAnother(learner, groups);
    }

    private Optional<Map<TokenizedExample, float[]>> computedByAnother(
            Learner learner, List<List<TokenizedExample>> groups) {
        try (Scope scope = Scope.open();
                LoadedModel loaded = load(learner)) {
            return compute(loaded.model(), new ReferenceLogps.Live(loaded.model()), groups);
        }
    }

    /// @throws org.align4j.error.AlignException.Config for other tokens than the learner's
    private LoadedModel load(Learner learner) {
        LoadedModel loaded = ModelLoading.whole(
                config.model().orElse(settings.model()),
                learner.model().dtype(),
                learner.model().device(),
                false,
                Heads.LANGUAGE);
        learner.loaded().requireTokensOf(loaded, "reference.model");
        return loaded;
    }

    private Optional<Map<TokenizedExample, float[]>> compute(
            CausalLm model, ReferenceLogps reference, List<List<TokenizedExample>> groups) {
        int[] lengths = groups.stream()
                .mapToInt(group ->
                        group.stream().mapToInt(TokenizedExample::length).sum())
                .toArray();
        int longest = Arrays.stream(lengths).max().orElse(1);
        List<BatchPlan.Step> steps = new BatchPlan(
                        lengths, new BatchPlan.ByTokens(Math.max(longest, maxTokens), true), 1, false, 0)
                .epoch(0);
        Map<TokenizedExample, float[]> logps = new HashMap<>();
        int done = 0;
        long begun = System.nanoTime();
        long lastNote = begun;
        for (BatchPlan.Step step : steps) {
            if (interruption.requested()) {
                return Optional.empty();
            }
            List<List<TokenizedExample>> batch =
                    step.microBatches().getFirst().stream().map(groups::get).toList();
            List<TokenizedExample> sequences =
                    batch.stream().flatMap(List::stream).toList();
            try (Scope scope = Scope.open()) {
                split(reference.of(model.pack(batch), sequences), sequences, logps);
            }
            done += batch.size();
            long now = System.nanoTime();
            if (now - lastNote > NOTE_EVERY || done == groups.size()) {
                lastNote = now;
                listener.on(new RunEvent.Noted("reference log-probabilities: " + done + " of " + groups.size()
                        + " prompts, " + TimeUnit.NANOSECONDS.toSeconds(now - begun) + " s"));
            }
        }
        return Optional.of(logps);
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

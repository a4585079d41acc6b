package org.align4j.train.preference;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.align4j.data.TokenizedExample;
import org.align4j.model.CausalLm;
import org.align4j.run.Interruption;
import org.align4j.run.RunEvent;
import org.align4j.run.RunListener;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.train.Learner;
import org.align4j.train.Optimization;
import org.align4j.train.Resume;
import org.align4j.train.RunStart;
import org.align4j.train.SampledAnswers;
import org.align4j.train.TrainingLoop;

/// What a loss of preferences learns with: all that is there before the first step, whatever the
/// loss is.
///
/// @param model that learns
/// @param batches what each step learns from
record PreferenceRun<B extends PreferenceRun.Batches>(
        CausalLm model, ReferenceLogps reference, B batches, Optimization optimization, TrainingLoop loop) {
    /// What each step of a run learns from.
    interface Batches {
        long totalSteps();

        boolean evaluates();

        /// All that the whole run asks the reference about, by the prompts that they share.
        List<List<TokenizedExample>> sequences();

        /// What a user should know of them.
        List<RunEvent> news();
    }

    /// One step, and an evaluation; as [TrainingLoop.Algorithm] says.
    record Method(Supplier<Map<String, Double>> learn, Supplier<Map<String, Double>> evaluate) {}

    /// Trains until the end, an early stop or an interruption. Everything that lasts is in the
    /// run's folder.
    ///
    /// @param batching makes batches of the data
    /// @throws org.align4j.error.AlignException for faults of the configuration, the data or the
    ///     model, and a loss that is not finite
    static <C extends Record & PreferenceConfig, B extends Batches> void of(
            C config,
            Function<PreferenceData, B> batching,
            Function<PreferenceRun<B>, Method> method,
            Resume resume,
            RunListener listener,
            Interruption interruption) {
        // 1. what can be refused at once
        Device.parse(config.device());
        RunStart start = RunStart.of(config.output(), config, config.data().files(), resume);
        // 2. whatever else can fail, before there is a folder of a run that never began
        try (Scope scope = Scope.open();
                Learner learner =
                        Learner.load(config.learner(), start.checkpoint().orElse(config.model()))) {
            PreferenceData data = PreferenceData.load(
                    config.data(),
                    config.seed(),
                    learner.loaded().tokenizer(),
                    learner.loaded().template(),
                    learner.model().architecture());
            B batches = batching.apply(data);
            // 3. the reference, which may take long
            ReferencePass pass = config.referencePass(listener, interruption);
            Optional<ReferenceLogps> reference = config.usesReference()
                    ? pass.of(learner, start.checkpoint().isEmpty(), batches.sequences())
                    : Optional.of(new ReferenceLogps.None(learner.model().device()));
            if (reference.isEmpty()) {
                listener.on(new RunEvent.Interrupted(0));
                return;
            }
            DrawnAnswers drawn = new DrawnAnswers(
                    learner.loaded(), data.shown(), pass.ofNewAnswers(learner, reference.get()), config.seed());
            SampledAnswers answers = new SampledAnswers(learner.loaded(), data.shown());
            List<RunEvent> news = new ArrayList<>(data.news());
            news.addAll(batches.news());
            try (Optimization optimization = config.optimization().over(learner.parameters(), batches.totalSteps())) {
                // 4. the run
                TrainingLoop.Plan plan =
                        new TrainingLoop.Plan(batches.totalSteps(), batches.evaluates(), config.pace());
                start.run(plan, learner, optimization, news, listener, interruption, loop -> {
                    Method own = method.apply(
                            new PreferenceRun<>(learner.model(), reference.get(), batches, optimization, loop));
                    return new TrainingLoop.Algorithm(
                            () -> withDrawn(own.learn().get(), drawn, config, loop),
                            own.evaluate(),
                            () -> answers.now(loop::interrupted));
                });
            }
        }
    }

    private static Map<String, Double> withDrawn(
            Map<String, Double> ofStep, DrawnAnswers drawn, PreferenceConfig config, TrainingLoop loop) {
        int every = config.pace().sampleEvery();
        if (every == 0 || loop.step() % every != 0) {
            return ofStep;
        }
        Map<String, Double> metrics = new LinkedHashMap<>(ofStep);
        metrics.putAll(drawn.measure(loop.step()));
        return metrics;
    }
}

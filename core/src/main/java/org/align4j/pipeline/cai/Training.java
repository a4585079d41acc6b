package org.align4j.pipeline.cai;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.align4j.config.Configuration;
import org.align4j.pipeline.constitution.Wording;
import org.align4j.rl.reward.RewardRule;
import org.align4j.run.Interruption;
import org.align4j.run.RunFiles;
import org.align4j.run.RunListener;
import org.align4j.train.Resume;
import org.align4j.train.policy.GrpoConfig;
import org.align4j.train.policy.GrpoTrainer;
import org.align4j.train.policy.PpoConfig;
import org.align4j.train.policy.PpoTrainer;
import org.align4j.train.preference.DpoConfig;
import org.align4j.train.preference.DpoTrainer;
import org.align4j.train.reward.RewardConfig;
import org.align4j.train.reward.RewardTrainer;
import org.align4j.train.sft.SftConfig;
import org.align4j.train.sft.SftTrainer;

/// The trainers of the stages. A run that is there already goes on.
final class Training {
    private static final String DATA = "data.train";
    private static final String POLICY = "reinforcement.settings";

    private final CaiConfig config;
    private final Path output;
    private final RunListener listener;
    private final Interruption interruption;
    private final Map<Stage, Job<?>> jobs = new EnumMap<>(Stage.class);

    /// Makes all configurations, so that faults come to light before anything is asked.
    ///
    /// @throws org.align4j.error.AlignException.Config for settings that a trainer refuses
    Training(CaiConfig config, RunListener listener, Interruption interruption) {
        this.config = config;
        this.output = config.output();
        this.listener = listener;
        this.interruption = interruption;
        add(
                Stage.SUPERVISED,
                SftTrainer::run,
                SftConfig.class,
                new TrainerSettings("supervised.settings", config.supervised().settings())
                        .with("model", config.model().toString())
                        .with(DATA, Stage.SUPERVISED.data(output).toString()));
        if (config.reinforcement().needsPreferenceModel()) {
            add(
                    Stage.PREFERENCES,
                    RewardTrainer::run,
                    RewardConfig.class,
                    aligned("preferences.settings", config.preferences().settings())
                            .with(DATA, Stage.PREFERENCES.data(output).toString()));
        }
        switch (config.reinforcement()) {
            case CaiConfig.Reinforcement.None _ -> {}
            case CaiConfig.Reinforcement.Dpo(Map<String, Object> settings) ->
                add(
                        Stage.REINFORCEMENT,
                        DpoTrainer::run,
                        DpoConfig.class,
                        aligned(POLICY, settings)
                                .with(DATA, Stage.PREFERENCES.data(output).toString())
                                .with(
                                        "reference.cache",
                                        Stage.REINFORCEMENT
                                                .folder(output)
                                                .resolve("reference")
                                                .toString()));
            case CaiConfig.Reinforcement.Grpo grpo ->
                add(Stage.REINFORCEMENT, GrpoTrainer::run, GrpoConfig.class, rewarded(grpo.settings()));
            case CaiConfig.Reinforcement.Ppo ppo ->
                add(Stage.REINFORCEMENT, PpoTrainer::run, PpoConfig.class, rewarded(ppo.settings()));
        }
    }

    /// A trainer's `run`.
    private interface Trainer<C> {
        void run(C config, Resume resume, RunListener listener, Interruption interruption);
    }

    /// A trainer and what it is to do.
    private record Job<C>(Trainer<C> trainer, C config) {
        void run(Resume resume, RunListener listener, Interruption interruption) {
            trainer.run(config, resume, listener, interruption);
        }
    }

    private <C extends Record> void add(Stage stage, Trainer<C> trainer, Class<C> type, TrainerSettings settings) {
        C configured = settings.with("output", stage.run(output).toString()).configured(type, config.seed());
        jobs.put(stage, new Job<>(trainer, configured));
    }

    /// Of a trainer that goes on from the SL-CAI model.
    private TrainerSettings aligned(String place, Map<String, Object> settings) {
        return new TrainerSettings(place, settings)
                .with("model", Stage.SUPERVISED.run(output).toString());
    }

    /// Of a policy that learns on the red-team prompts and those that the settings name: helpful
    /// ones, mostly.
    private TrainerSettings rewarded(Map<String, Object> settings) {
        return aligned(POLICY, settings)
                .beside(
                        DATA,
                        Stage.PROMPTS.folder(output).resolve(RunRows.PROMPTS).toString())
                .with("rewards", List.of(reward()));
    }

    /// The reward of the policy, as trainers' configurations have it.
    private Map<String, Object> reward() {
        if (config.reinforcement().needsPreferenceModel()) {
            return Map.of(
                    "type", "model", "model", Stage.PREFERENCES.run(output).toString());
        }
        Wording wording = config.constitution().read().wording();
        Map<String, Object> feedback = new LinkedHashMap<>(
                Configuration.tree(new RewardRule.Feedback(config.judging(), wording.rating(), wording.ratings())));
        feedback.put("type", "feedback");
        return feedback;
    }

    /// Trains what the stage is there to train, where it is.
    ///
    /// @throws CancellationException when interrupted
    void train(Stage stage) {
        Job<?> job = jobs.get(stage);
        if (job != null) {
            job.run(new RunFiles(stage.run(output)).exists() ? Resume.EXACT : Resume.FRESH, listener, interruption);
        }
        if (interruption.requested()) {
            throw new CancellationException("interrupted");
        }
    }
}

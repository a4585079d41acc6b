package org.align4j.pipeline.cai;

import java.nio.file.Path;
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

/// Runs the trainers on what the stages made. A run that is there already goes on.
final class Training {
    private static final String DATA = "data.train";
    private static final String POLICY = "reinforcement.settings";

    private final CaiConfig config;
    private final RunListener listener;
    private final Interruption interruption;

    Training(CaiConfig config, RunListener listener, Interruption interruption) {
        this.config = config;
        this.listener = listener;
        this.interruption = interruption;
    }

    /// A trainer's `run`.
    private interface Trainer<C> {
        void run(C config, Resume resume, RunListener listener, Interruption interruption);
    }

    void supervised(Path data, Path run) {
        TrainerSettings settings =
                new TrainerSettings("supervised.settings", config.supervised().settings());
        train(SftTrainer::run, SftConfig.class, settings.with(DATA, data.toString()), config.model(), run);
    }

    /// @param model the SL-CAI model
    void reward(Path model, Path data, Path run) {
        TrainerSettings settings =
                new TrainerSettings("preferences.settings", config.preferences().settings());
        train(RewardTrainer::run, RewardConfig.class, settings.with(DATA, data.toString()), model, run);
    }

    /// Direct preference optimisation on the labels.
    ///
    /// @param model the SL-CAI model
    void preferring(Path model, Path data, Path run) {
        TrainerSettings settings = new TrainerSettings(POLICY, config.reinforcement().settings())
                .with(DATA, data.toString())
                .with("reference.cache", run.resolveSibling("reference").toString());
        train(DpoTrainer::run, DpoConfig.class, settings, model, run);
    }

    /// Reinforcement learning on the red-team prompts and those that the settings name: helpful
    /// ones, mostly.
    ///
    /// @param model the SL-CAI model
    /// @param preferences the preference model, where there is one
    void reinforcing(Path model, Path prompts, Path preferences, Path run) {
        TrainerSettings settings = new TrainerSettings(POLICY, config.reinforcement().settings())
                .beside(DATA, prompts.toString())
                .with("rewards", List.of(reward(preferences)));
        if (config.reinforcement() instanceof CaiConfig.Reinforcement.Grpo) {
            train(GrpoTrainer::run, GrpoConfig.class, settings, model, run);
        } else {
            train(PpoTrainer::run, PpoConfig.class, settings, model, run);
        }
    }

    /// The reward of the policy, as trainers' configurations have it.
    private Map<String, Object> reward(Path preferences) {
        if (config.reinforcement().needsPreferenceModel()) {
            return Map.of("type", "model", "model", preferences.toString());
        }
        Wording wording = config.constitution().read().wording();
        Map<String, Object> feedback = new LinkedHashMap<>(Configuration.tree(
                new RewardRule.Feedback(config.judging(), wording.rating(), wording.ratings())));
        feedback.put("type", "feedback");
        return feedback;
    }

    private <C extends Record> void train(Trainer<C> trainer, Class<C> type, TrainerSettings settings, Path model, Path run) {
        C configured = settings.with("model", model.toString())
                .with("output", run.toString())
                .configured(type, config.seed());
        Resume resume = new RunFiles(run).exists() ? Resume.EXACT : Resume.FRESH;
        trainer.run(configured, resume, listener, interruption);
        if (interruption.requested()) {
            throw new CancellationException("interrupted");
        }
    }
}

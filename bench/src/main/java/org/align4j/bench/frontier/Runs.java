package org.align4j.bench.frontier;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.align4j.config.Configuration;
import org.align4j.run.Interruption;
import org.align4j.run.RunFiles;
import org.align4j.run.RunListener;
import org.align4j.train.Resume;
import org.align4j.train.policy.PpoConfig;
import org.align4j.train.policy.PpoTrainer;
import org.align4j.train.preference.DpoConfig;
import org.align4j.train.preference.DpoTrainer;
import org.align4j.train.reward.RewardConfig;
import org.align4j.train.reward.RewardTrainer;
import org.align4j.train.sft.SftConfig;
import org.align4j.train.sft.SftTrainer;
import tools.jackson.databind.json.JsonMapper;

/// Training runs with the settings of the experiment. A run that was cut short goes on; one that is
/// done stays as it is.
///
/// @param size of the experiment
/// @param model that all begin with
/// @param data folder of `stories.jsonl`, or of `rankings.jsonl` and `best.jsonl`
/// @param seed of everything random
record Runs(Size size, Path model, Path data, long seed) {
    private static final int RANKINGS = 4;
    private static final int STORIES = 8;
    private static final int PPO_EPOCHS = 1;
    private static final int MINIBATCHES = 4;

    private interface Trainer<C> {
        void run(C settings, Resume resume, RunListener listener, Interruption interruption);
    }

    /// The reference: stories of all moods.
    void sft(Path run) {
        train(
                SftConfig.class,
                SftTrainer::run,
                run,
                "stories.jsonl",
                "batch_size=0",
                "max_tokens=2048",
                "learning_rate=2e-3",
                "schedule=cosine",
                "warmup_steps=10",
                "weight_decay=0.1");
    }

    /// On the best story of each ranking.
    void sftOnBest(Path run) {
        train(
                SftConfig.class,
                SftTrainer::run,
                run,
                "best.jsonl",
                "batch_size=" + STORIES,
                "epochs=3",
                "save_every=" + steps(STORIES),
                "learning_rate=3e-4");
    }

    /// On all pairs of the rankings.
    void dpo(Path run, double beta) {
        train(
                DpoConfig.class,
                DpoTrainer::run,
                run,
                "rankings.jsonl",
                "loss.beta=" + beta,
                "reference.cache=" + quoted(data.resolve("cache")),
                "batch_size=" + RANKINGS,
                "epochs=" + size.epochs(),
                "learning_rate=3e-4");
    }

    /// What PPO and best-of-n look at, from the same rankings.
    void reward(Path run) {
        train(
                RewardConfig.class,
                RewardTrainer::run,
                run,
                "rankings.jsonl",
                "batch_size=" + RANKINGS,
                "learning_rate=3e-4");
    }

    /// On the same prompts, with as many stories of its own as are ranked.
    void ppo(Path run, Path reward, double beta) {
        train(
                PpoConfig.class,
                PpoTrainer::run,
                run,
                "best.jsonl",
                "rewards=[{type: model, model: " + quoted(reward) + "}]",
                "value_model=" + quoted(reward),
                "loss.beta=" + beta,
                "rollout.prompts=" + size.perRound(),
                "rollout.group_size=1",
                "rollout.max_new_tokens=" + Answers.MAX_NEW_TOKENS,
                "iterations=" + size.rounds(),
                "epochs=" + PPO_EPOCHS,
                "minibatches=" + MINIBATCHES,
                "learning_rate=3e-4");
    }

    private int steps(int batch) {
        return (size.prompts() + batch - 1) / batch;
    }

    private <C extends Record> void train(
            Class<C> type, Trainer<C> trainer, Path run, String file, String... settings) {
        List<String> all = new ArrayList<>(List.of(
                "model=" + quoted(model),
                "output=" + quoted(run),
                "data.train=[" + quoted(data.resolve(file)) + "]",
                "seed=" + seed,
                "precision=fp32",
                "keep=9"));
        all.addAll(List.of(settings));
        Resume resume = new RunFiles(run).exists() ? Resume.EXACT : Resume.FRESH;
        trainer.run(Configuration.of(type, all), resume, event -> {}, Interruption.manual());
    }

    private static String quoted(Path path) {
        return JsonMapper.shared().writeValueAsString(path.toAbsolutePath().toString());
    }
}

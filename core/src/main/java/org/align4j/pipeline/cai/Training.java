package org.align4j.pipeline.cai;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.align4j.config.Configuration;
import org.align4j.error.AlignException;
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
import tools.jackson.databind.json.JsonMapper;

/// Runs the trainers on what the stages made. A run that is there already goes on.
final class Training {
    /// What the pipeline decides itself.
    private static final List<String> OURS = List.of("model", "output", "reference", "rewards", "reward_weights");

    private final RunListener listener;
    private final Interruption interruption;

    Training(RunListener listener, Interruption interruption) {
        this.listener = listener;
        this.interruption = interruption;
    }

    void supervised(CaiConfig config, Path model, Path data, Path run) {
        SftTrainer.run(
                configured(
                        SftConfig.class,
                        "supervised.settings",
                        config.supervised().settings(),
                        config,
                        Map.of("model", model.toString(), "output", run.toString(), "data.train", data.toString())),
                resume(run),
                listener,
                interruption);
        check();
    }

    void reward(CaiConfig config, Path model, Path data, Path run) {
        RewardTrainer.run(
                configured(
                        RewardConfig.class,
                        "preferences.settings",
                        config.preferences().settings(),
                        config,
                        Map.of("model", model.toString(), "output", run.toString(), "data.train", data.toString())),
                resume(run),
                listener,
                interruption);
        check();
    }

    /// @param model the SL-CAI model
    /// @param prompts that the policy learns on
    /// @param preferences for DPO
    /// @param reward the rule that says what answers are worth, as configured
    void policy(CaiConfig config, Path model, Path prompts, Path preferences, Map<String, Object> reward, Path run) {
        String place = "reinforcement.settings";
        Map<String, Object> settings = config.reinforcement().settings();
        Map<String, Object> rewarded = Map.of(
                "model", model.toString(),
                "output", run.toString(),
                "data.train", prompts(settings, prompts),
                "rewards", List.of(reward));
        switch (config.reinforcement()) {
            case CaiConfig.Reinforcement.None _ -> {}
            case CaiConfig.Reinforcement.Dpo _ ->
                DpoTrainer.run(
                        configured(
                                DpoConfig.class,
                                place,
                                settings,
                                config,
                                Map.of(
                                        "model",
                                        model.toString(),
                                        "output",
                                        run.toString(),
                                        "data.train",
                                        preferences.toString(),
                                        "reference.cache",
                                        run.resolveSibling("reference").toString())),
                        resume(run),
                        listener,
                        interruption);
            case CaiConfig.Reinforcement.Grpo _ ->
                GrpoTrainer.run(
                        configured(GrpoConfig.class, place, settings, config, rewarded),
                        resume(run),
                        listener,
                        interruption);
            case CaiConfig.Reinforcement.Ppo _ ->
                PpoTrainer.run(
                        configured(PpoConfig.class, place, settings, config, rewarded),
                        resume(run),
                        listener,
                        interruption);
        }
        check();
    }

    /// The red-team prompts and those that the settings name: helpful ones, mostly.
    private static List<Object> prompts(Map<String, Object> settings, Path prompts) {
        List<Object> all = new ArrayList<>(List.of(prompts.toString()));
        if (settings.get("data") instanceof Map<?, ?> data && data.get("train") instanceof List<?> more) {
            all.addAll(more);
        }
        return all;
    }

    private void check() {
        if (interruption.requested()) {
            throw new CancellationException("interrupted");
        }
    }

    private static Resume resume(Path run) {
        return new RunFiles(run).exists() ? Resume.EXACT : Resume.FRESH;
    }

    private static <C extends Record> C configured(
            Class<C> type, String place, Map<String, Object> settings, CaiConfig config, Map<String, Object> ours) {
        List<String> given = OURS.stream().filter(settings::containsKey).toList();
        if (!given.isEmpty()) {
            throw new AlignException.Config(
                    place + ": " + String.join(", ", given) + ": the pipeline decides this itself; drop it");
        }
        List<String> overrides = new ArrayList<>(List.of("seed=" + config.seed()));
        flatten("", settings, overrides);
        ours.forEach(
                (key, value) -> overrides.add(key + "=" + JsonMapper.shared().writeValueAsString(value)));
        try {
            return Configuration.of(type, overrides);
        } catch (AlignException.Config e) {
            throw new AlignException.Config(place + ": " + e.getMessage(), e);
        }
    }

    private static void flatten(String prefix, Map<?, ?> settings, List<String> overrides) {
        settings.forEach((key, value) -> {
            if (value instanceof Map<?, ?> nested && !nested.isEmpty()) {
                flatten(prefix + key + ".", nested, overrides);
            } else {
                String text = value instanceof Optional<?> optional
                        ? optional.map(JsonMapper.shared()::writeValueAsString).orElse("null")
                        : JsonMapper.shared().writeValueAsString(value);
                overrides.add(prefix + key + "=" + text);
            }
        });
    }
}

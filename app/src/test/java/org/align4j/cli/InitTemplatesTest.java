package org.align4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.align4j.config.Configuration;
import org.align4j.rl.reward.RewardRule;
import org.align4j.train.LoraConfig;
import org.align4j.train.policy.GrpoConfig;
import org.align4j.train.policy.OnlineConfig;
import org.align4j.train.policy.PpoConfig;
import org.align4j.train.policy.RewardsConfig;
import org.align4j.train.policy.TaskDataConfig;
import org.align4j.train.preference.DpoConfig;
import org.align4j.train.preference.KtoConfig;
import org.align4j.train.preference.PreferenceDataConfig;
import org.align4j.train.pretrain.CorpusConfig;
import org.align4j.train.pretrain.PretrainConfig;
import org.align4j.train.reward.RewardConfig;
import org.align4j.train.sft.DataConfig;
import org.align4j.train.sft.SftConfig;
import org.junit.jupiter.api.Test;

/// What `align4j init` writes.
class InitTemplatesTest {
    private static final Pattern KEY = Pattern.compile("^( {0,2})([a-z_]+):");
    private static final Path MODEL = Path.of("path/to/model");
    private static final TaskDataConfig PROMPTS = TaskDataConfig.defaults(List.of("path/to/prompts.jsonl"));

    /// The keys of the first two levels with their indentation; braces hold the deeper ones.
    private static List<String> keys(String yaml) {
        return yaml.lines()
                .map(KEY::matcher)
                .filter(Matcher::find)
                .map(matcher -> matcher.group(1) + matcher.group(2))
                .toList();
    }

    /// Its values are the defaults, and it has every key.
    private static <C extends Record> void showsAllDefaults(Class<C> type, String name, C defaults) throws IOException {
        String template = InitCommand.configuration(name);
        assertThat(Configuration.parse(type, template, name, List.of())).isEqualTo(defaults);
        // templates write a reward on one line
        String written =
                Configuration.toYaml(defaults).replaceAll("(?s)rewards:\n.*?(?=reward_weights:)", "rewards:\n");
        assertThat(keys(template)).containsExactlyInAnyOrderElementsOf(keys(written));
    }

    @Test
    void sftShowsAllDefaults() throws IOException {
        DataConfig data = DataConfig.defaults(List.of("path/to/train.jsonl"));
        showsAllDefaults(SftConfig.class, "sft", SftConfig.defaults(MODEL, data));
    }

    @Test
    void pretrainShowsAllDefaults() throws IOException {
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("model_type", "llama");
        model.put("hidden_size", 192L);
        model.put("intermediate_size", 512L);
        model.put("num_hidden_layers", 6L);
        model.put("num_attention_heads", 6L);
        model.put("num_key_value_heads", 6L);
        model.put("tie_word_embeddings", true);
        CorpusConfig data = CorpusConfig.defaults(List.of("path/to/corpus.txt"));
        PretrainConfig defaults = PretrainConfig.defaults(model, Path.of("path/to/tokenizer"), data);
        showsAllDefaults(PretrainConfig.class, "pretrain", defaults);
    }

    @Test
    void rewardShowsAllDefaults() throws IOException {
        PreferenceDataConfig data = PreferenceDataConfig.defaults(List.of("path/to/rankings.jsonl"));
        showsAllDefaults(RewardConfig.class, "reward", RewardConfig.defaults(MODEL, data));
    }

    @Test
    void dpoShowsAllDefaults() throws IOException {
        PreferenceDataConfig data = PreferenceDataConfig.defaults(List.of("path/to/pairs.jsonl"));
        showsAllDefaults(DpoConfig.class, "dpo", DpoConfig.defaults(MODEL, data));
    }

    @Test
    void ktoShowsAllDefaults() throws IOException {
        PreferenceDataConfig data = PreferenceDataConfig.defaults(List.of("path/to/labels.jsonl"));
        showsAllDefaults(KtoConfig.class, "kto", KtoConfig.defaults(MODEL, data));
    }

    @Test
    void policyTemplatesShowAllDefaults() throws IOException {
        RewardsConfig learned = RewardsConfig.defaults(List.of(new RewardRule.Model(Path.of("runs/reward"), 2048)));
        RewardsConfig right = RewardsConfig.defaults(List.of(new RewardRule.Math("answer", false)));
        showsAllDefaults(PpoConfig.class, "ppo", PpoConfig.defaults(MODEL, PROMPTS, learned));
        showsAllDefaults(OnlineConfig.class, "online", OnlineConfig.defaults(MODEL, PROMPTS, learned));
        showsAllDefaults(GrpoConfig.class, "grpo", GrpoConfig.defaults(MODEL, PROMPTS, right));
    }

    @Test
    void itsAdapterExampleIsTheAdapterDefaults() throws IOException {
        String example = InitCommand.configuration("sft")
                .lines()
                .filter(line -> line.startsWith("#   lora: "))
                .findFirst()
                .orElseThrow()
                .substring(1)
                .strip();
        SftConfig config =
                Configuration.parse(SftConfig.class, "model: m\ndata: {train: t}\n" + example, "sft.yaml", List.of());
        assertThat(config.lora()).contains(LoraConfig.defaults());
        assertThat(example).contains("rank", "alpha", "dropout", "target_modules", "rs_lora", "dora");
    }
}

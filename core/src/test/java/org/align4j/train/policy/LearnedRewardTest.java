package org.align4j.train.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.checkpoint.HfModel;
import org.align4j.config.Configuration;
import org.align4j.data.Completion;
import org.align4j.data.DataReport;
import org.align4j.data.Example;
import org.align4j.data.Prompt;
import org.align4j.data.Source;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.ComparisonEncoder;
import org.align4j.data.encode.EncodeOptions;
import org.align4j.data.encode.ExampleEncoder;
import org.align4j.data.encode.TokenizedComparison;
import org.align4j.data.preference.Annotation;
import org.align4j.data.preference.Comparison;
import org.align4j.data.preference.Preference;
import org.align4j.model.Heads;
import org.align4j.rl.RewardModel;
import org.align4j.rl.RewardNormalisation;
import org.align4j.rl.reward.Attempt;
import org.align4j.rl.reward.RewardFunction;
import org.align4j.rl.reward.RewardRule;
import org.align4j.run.Interruption;
import org.align4j.run.RunFiles;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.testing.TinyModelFolder;
import org.align4j.train.Learner;
import org.align4j.train.LoraConfig;
import org.align4j.train.Precision;
import org.align4j.train.Resume;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Policies whose answers a reward model judges.
class LearnedRewardTest {
    private static final double SHIFT = 0.75;

    @TempDir
    Path folder;

    private Path rewardModel;

    @BeforeEach
    void makeModelsAndPrompts() throws IOException {
        Path model = TinyModelFolder.save(folder.resolve("model"), 1);
        rewardModel = folder.resolve("reward");
        Learner.Settings settings = new Learner.Settings(
                TinyModelFolder.save(folder.resolve("other"), 2),
                "cpu",
                Precision.FP32,
                Optional.empty(),
                Heads.SCALAR,
                true,
                3);
        try (Scope scope = Scope.open();
                Learner learner = Learner.load(settings, settings.model())) {
            learner.model().scoreWeight().master().mul_(20);
            learner.parameters().refresh();
            new HfModel(learner.model(), learner.loaded().config())
                    .save(rewardModel, learner.loaded().tokenizer(), DType.FLOAT32);
        }
        new RewardNormalisation(SHIFT, 10, false).write(rewardModel);
        Files.writeString(folder.resolve("prompts.jsonl"), "{\"prompt\": \"1 + 1 = \"}\n{\"prompt\": \"one\"}\n");
    }

    private List<String> settings(String name) {
        return List.of(
                "model=" + folder.resolve("model"),
                "output=" + folder.resolve(name),
                "data.train=[" + folder.resolve("prompts.jsonl") + "]",
                "data.chat=false",
                "rewards=[{type: model, model: " + rewardModel + "}]",
                "precision=fp32",
                "rollout.prompts=2",
                "rollout.max_new_tokens=6",
                "iterations=1",
                "sample_every=1");
    }

    @Test
    void grpoLearnsFromItsShiftedScores() throws IOException {
        GrpoConfig config = Configuration.of(GrpoConfig.class, settings("grpo"));
        GrpoTrainer.run(config, Resume.FRESH, event -> {}, Interruption.manual());
        isJudged(config.output());
    }

    @Test
    void ppoLearnsFromItsShiftedScores() throws IOException {
        PpoConfig config = Configuration.of(PpoConfig.class, settings("ppo"));
        PpoTrainer.run(config, Resume.FRESH, event -> {}, Interruption.manual());
        isJudged(config.output());
    }

    @Test
    void scoresAreReadWhereTrainingReadThemNotBehindWhatATemplateAdds() throws IOException {
        TinyModelFolder.template(rewardModel, """
                {%- for m in messages -%}
                {%- if m.role == 'assistant' -%}
                {{ '<' }}{% generation %}{{ m.content + '>' }}{% endgeneration %}{{ '\\n' }}
                {%- else -%}
                {{ '<' + m.content + '>\\n' }}
                {%- endif -%}
                {%- endfor -%}
                {%- if add_generation_prompt -%}{{ '<' }}{%- endif -%}
                """);
        new RewardNormalisation(0, 0, true).write(rewardModel);
        try (Scope scope = Scope.open();
                RewardModel model = RewardModel.load(rewardModel, DType.FLOAT32, Device.CPU);
                RewardFunction reward = new RewardRule.Model(rewardModel, 100).function(DType.FLOAT32, Device.CPU)) {
            Prompt prompt = Prompt.of("", "1 + 1 = ");
            Comparison pair = new Comparison(
                    prompt,
                    Map.of("A", Completion.of("2"), "B", Completion.of("11")),
                    new Preference("A", "B", false, Optional.empty(), Optional.empty()),
                    Annotation.NONE,
                    Source.memory(0));
            TokenizedComparison trained = new ComparisonEncoder(
                            model.tokenizer(), model.renderer(), EncodeOptions.upTo(100), new DataReport())
                    .encode(pair)
                    .orElseThrow();
            double expected = model.score(List.of(List.of(trained.output("A"))), 1000, () -> false)
                    .getFirst()[0];
            assertThat(reward.of(List.of(new Attempt("1 + 1 = ", "2", 1, true, Map.of(), prompt)))[0])
                    .isCloseTo(expected, within(1e-5));
            assertThat(score(model, "1 + 1 = ", "2")).as("behind it").isNotCloseTo(expected, within(1e-3));
        }
    }

    @Test
    void valuesBeginAsARewardModelThatIsAnAdapter() throws IOException {
        Path adapter = folder.resolve("reward-adapter");
        Learner.Settings settings = new Learner.Settings(
                folder.resolve("other"),
                "cpu",
                Precision.FP32,
                Optional.of(new LoraConfig(2, 4, 0, List.of(), false, false)),
                Heads.SCALAR,
                true,
                3);
        List<String> all = new ArrayList<>(settings("ppo"));
        all.add("value_model=" + adapter);
        try (Scope scope = Scope.open();
                Learner reward = Learner.load(settings, settings.model())) {
            reward.saveModel(adapter);
            float[] expected = reward.model().scoreWeight().master().toFloats();
            PpoConfig config = Configuration.of(PpoConfig.class, all);
            try (Learner policy = Learner.load(config.policy(), config.model());
                    Critic critic = Critic.load(config, policy, Optional.empty())) {
                assertThat(critic.model().scoreWeight().master().toFloats()).containsExactly(expected);
            }
        }
    }

    /// The samples have the rewards that the model gives the same texts.
    private void isJudged(Path run) throws IOException {
        List<JsonNode> samples = Files.readAllLines(new RunFiles(run).samples()).stream()
                .map(line -> JsonMapper.shared().readTree(line))
                .toList();
        assertThat(samples).hasSizeGreaterThanOrEqualTo(2);
        assertThat(samples.stream().map(sample -> reward(sample)).distinct()).hasSizeGreaterThan(1);
        try (Scope scope = Scope.open();
                RewardModel model = RewardModel.load(rewardModel, DType.FLOAT32, Device.CPU)) {
            for (JsonNode sample : samples) {
                assertThat(reward(sample))
                        .isCloseTo(
                                score(
                                                model,
                                                sample.get("prompt").asString(),
                                                sample.get("completion").asString())
                                        + SHIFT,
                                within(1e-3));
            }
        }
    }

    private static double reward(JsonNode sample) {
        return Double.parseDouble(sample.get("rewards/model").asString());
    }

    private static double score(RewardModel model, String prompt, String answer) {
        TokenizedExample text = new ExampleEncoder(
                        model.tokenizer(), model.renderer(), EncodeOptions.upTo(100), new DataReport())
                .encode(new Example.Answered(Prompt.of("", prompt), Completion.of(answer), Source.memory(0)))
                .orElseThrow();
        return model.score(List.of(List.of(text)), 1000, () -> false).getFirst()[0];
    }
}

package org.align4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.align4j.config.Configuration;
import org.align4j.rl.environment.EnvironmentRule;
import org.align4j.rl.reward.RewardRule;
import org.align4j.rl.reward.StepRule;
import org.align4j.train.policy.GrpoConfig;
import org.align4j.train.policy.RewardsConfig;
import org.align4j.train.policy.TaskDataConfig;
import org.junit.jupiter.api.Test;

/// What `align4j init grpo` writes.
class GrpoTemplateTest {
    private static final Pattern KEY = Pattern.compile("^( {0,2})([a-z_]+):");
    private static final Pattern REWARD = Pattern.compile("^#   (\\{type: .*?\\})(  .*|$)");

    private static String template() throws IOException {
        try (InputStream file = InitCommand.class.getResourceAsStream("grpo.yaml")) {
            assertThat(file).isNotNull();
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static GrpoConfig defaults() {
        return GrpoConfig.defaults(
                Path.of("path/to/model"),
                TaskDataConfig.defaults(List.of("path/to/prompts.jsonl")),
                RewardsConfig.defaults(List.of(new RewardRule.Math("answer", false))));
    }

    @Test
    void itsValuesAreTheDefaults() throws IOException {
        assertThat(Configuration.parse(GrpoConfig.class, template(), "grpo.yaml", List.of()))
                .isEqualTo(defaults());
    }

    @Test
    void itHasEveryKey() throws IOException {
        // the template writes its reward on one line
        String written =
                Configuration.toYaml(defaults()).replaceAll("(?s)rewards:\n.*?(?=reward_weights:)", "rewards:\n");
        assertThat(keys(template())).containsExactlyInAnyOrderElementsOf(keys(written));
    }

    private static List<String> keys(String yaml) {
        return yaml.lines()
                .map(KEY::matcher)
                .filter(Matcher::find)
                .map(matcher -> matcher.group(1) + matcher.group(2))
                .toList();
    }

    @Test
    void itShowsEveryReward() throws IOException {
        GrpoConfig config = parse("rewards: [" + String.join(", ", shown("# ---- rewards", "\nrewards:")) + "]");
        assertThat(config.rewarding().rewards().stream().<Class<?>>map(RewardRule::getClass))
                .containsExactlyInAnyOrder(RewardRule.class.getPermittedSubclasses());
    }

    @Test
    void itShowsEveryKindOfStepsAndEnvironment() throws IOException {
        assertThat(shown("# Rewards of the steps", "\nprocess:").stream()
                        .<Class<?>>map(rule -> parse("rewards: [math]\nprocess: " + rule)
                                .process()
                                .orElseThrow()
                                .getClass()))
                .containsExactlyInAnyOrder(StepRule.class.getPermittedSubclasses());
        assertThat(shown("# What the policy talks with", "\nenvironment:").stream()
                        .<Class<?>>map(rule -> parse("rewards: [math]\nenvironment: " + rule)
                                .environment()
                                .orElseThrow()
                                .getClass()))
                .containsExactlyInAnyOrder(EnvironmentRule.class.getPermittedSubclasses());
    }

    /// The variants that comments show between two places of the template.
    private static List<String> shown(String from, String to) throws IOException {
        String template = template();
        int start = template.indexOf(from);
        return template.substring(start, template.indexOf(to, start))
                .lines()
                .map(REWARD::matcher)
                .filter(Matcher::find)
                .map(matcher -> matcher.group(1))
                .toList();
    }

    private static GrpoConfig parse(String rest) {
        return Configuration.parse(GrpoConfig.class, "model: m\ndata: {train: t}\n" + rest, "grpo.yaml", List.of());
    }
}

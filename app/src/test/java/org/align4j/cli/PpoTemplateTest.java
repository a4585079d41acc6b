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
import org.align4j.rl.reward.RewardRule;
import org.align4j.train.policy.PpoConfig;
import org.align4j.train.policy.RewardsConfig;
import org.align4j.train.policy.TaskDataConfig;
import org.junit.jupiter.api.Test;

/// What `align4j init ppo` writes.
class PpoTemplateTest {
    private static final Pattern KEY = Pattern.compile("^( {0,2})([a-z_]+):");

    private static String template() throws IOException {
        try (InputStream file = InitCommand.class.getResourceAsStream("ppo.yaml")) {
            assertThat(file).isNotNull();
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static PpoConfig defaults() {
        return PpoConfig.defaults(
                Path.of("path/to/model"),
                TaskDataConfig.defaults(List.of("path/to/prompts.jsonl")),
                RewardsConfig.defaults(List.of(new RewardRule.Model(Path.of("runs/reward"), 2048))));
    }

    @Test
    void itsValuesAreTheDefaults() throws IOException {
        assertThat(Configuration.parse(PpoConfig.class, template(), "ppo.yaml", List.of()))
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
}

package org.align4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.align4j.config.Configuration;
import org.align4j.train.preference.PreferenceDataConfig;
import org.align4j.train.reward.RewardConfig;
import org.junit.jupiter.api.Test;

/// What `align4j init reward` writes.
class RewardTemplateTest {
    private static final Pattern KEY = Pattern.compile("^( {0,2})([a-z_]+):");

    private static String template() throws IOException {
        try (InputStream file = InitCommand.class.getResourceAsStream("reward.yaml")) {
            assertThat(file).isNotNull();
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /// The keys of the first two levels with their indentation; braces hold the deeper ones.
    private static List<String> keys(String yaml) {
        return yaml.lines()
                .map(KEY::matcher)
                .filter(matcher -> matcher.find())
                .map(matcher -> matcher.group(1) + matcher.group(2))
                .toList();
    }

    @Test
    void itsValuesAreTheDefaults() throws IOException {
        RewardConfig defaults = RewardConfig.defaults(
                Path.of("path/to/model"), PreferenceDataConfig.defaults(List.of("path/to/rankings.jsonl")));
        assertThat(Configuration.parse(RewardConfig.class, template(), "reward.yaml", List.of()))
                .isEqualTo(defaults);
    }

    @Test
    void itHasEveryKey() throws IOException {
        RewardConfig defaults = RewardConfig.defaults(
                Path.of("path/to/model"), PreferenceDataConfig.defaults(List.of("path/to/rankings.jsonl")));
        assertThat(keys(template())).containsExactlyInAnyOrderElementsOf(keys(Configuration.toYaml(defaults)));
    }
}

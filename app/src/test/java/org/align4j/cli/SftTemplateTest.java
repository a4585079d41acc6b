package org.align4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.align4j.config.Configuration;
import org.align4j.train.DataConfig;
import org.align4j.train.SftConfig;
import org.junit.jupiter.api.Test;

/// What `align4j init sft` writes.
class SftTemplateTest {
    private static final Pattern KEY = Pattern.compile("^( {0,2})([a-z_]+):");

    private static String template() throws IOException {
        try (InputStream file = InitCommand.class.getResourceAsStream("sft.yaml")) {
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
        SftConfig defaults =
                SftConfig.defaults(Path.of("path/to/model"), DataConfig.defaults(List.of("path/to/train.jsonl")));
        assertThat(Configuration.parse(SftConfig.class, template(), "sft.yaml", List.of()))
                .isEqualTo(defaults);
    }

    @Test
    void itHasEveryKey() throws IOException {
        SftConfig defaults =
                SftConfig.defaults(Path.of("path/to/model"), DataConfig.defaults(List.of("path/to/train.jsonl")));
        assertThat(keys(template())).containsExactlyInAnyOrderElementsOf(keys(Configuration.toYaml(defaults)));
    }

    @Test
    void itsAdapterExampleIsTheAdapterDefaults() throws IOException {
        String example = template()
                .lines()
                .filter(line -> line.startsWith("#   lora: "))
                .findFirst()
                .orElseThrow()
                .substring(1)
                .strip();
        SftConfig config =
                Configuration.parse(SftConfig.class, "model: m\ndata: {train: t}\n" + example, "sft.yaml", List.of());
        assertThat(config.lora()).contains(SftConfig.LoraConfig.defaults());
        assertThat(example).contains("rank", "alpha", "dropout", "target_modules", "rs_lora", "dora");
    }
}

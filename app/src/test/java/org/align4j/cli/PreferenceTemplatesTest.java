package org.align4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.align4j.config.Configuration;
import org.align4j.train.preference.DpoConfig;
import org.junit.jupiter.api.Test;

/// What `align4j init` writes for commands that learn from preferences.
class PreferenceTemplatesTest {
    @Test
    void presetsHaveTheirLossWithItsDefaultsInEveryWay() throws IOException {
        for (PreferencePreset preset : PreferencePreset.ALL) {
            DpoConfig config = Configuration.parse(
                    DpoConfig.class, InitCommand.configuration(preset.name()), preset.name(), List.of());
            DpoConfig commanded = Configuration.of(
                    DpoConfig.class,
                    List.of("loss.type=" + preset.name(), "model=path/to/model", "data.train=[path/to/pairs.jsonl]"));
            assertThat(config.loss()).isEqualTo(commanded.loss());
            assertThat(config.loss().getClass().getSimpleName()).isEqualToIgnoringCase(preset.name());
            assertThat(config.output()).isEqualTo(Path.of("runs", preset.name()));
            assertThat(config.data()).isEqualTo(commanded.data());
        }
    }

    @Test
    void exampleOfASumIsOne() throws IOException {
        String example = InitCommand.configuration("dpo")
                .lines()
                .filter(line -> line.startsWith("#   loss: "))
                .findFirst()
                .orElseThrow()
                .substring(1)
                .strip();
        DpoConfig config =
                Configuration.parse(DpoConfig.class, "model: m\ndata: {train: t}\n" + example, "dpo.yaml", List.of());
        assertThat(config.loss().toString()).contains("Dpo", "Nll");
    }
}

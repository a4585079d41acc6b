package org.align4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.align4j.config.Configuration;
import org.align4j.pipeline.cai.CaiConfig;
import org.align4j.teacher.TeacherConfig;
import org.junit.jupiter.api.Test;

/// What `align4j init cai` writes.
class CaiTemplateTest {
    private static CaiConfig read(String... overrides) throws IOException {
        return Configuration.parse(CaiConfig.class, InitCommand.configuration("cai"), "cai.yaml", List.of(overrides));
    }

    @Test
    void itsValuesAreTheDefaults() throws IOException {
        assertThat(read())
                .isEqualTo(CaiConfig.defaults(
                        Path.of("path/to/model"), CaiConfig.Prompts.defaults(List.of("path/to/prompts.jsonl"))));
    }

    @Test
    void itShowsEveryKey() throws IOException {
        String template = InitCommand.configuration("cai");
        List<String> keys = Configuration.toYaml(read())
                .lines()
                .filter(line -> line.matches(" *[a-z_]+:.*"))
                .map(line -> line.strip().replaceAll(":.*", ":"))
                .toList();
        assertThat(keys)
                .hasSizeGreaterThan(40)
                .allSatisfy(key -> assertThat(template).contains(key));
    }

    @Test
    void theModelsThatItShowsCanBeRead() throws IOException {
        List<String> shown = InitCommand.configuration("cai")
                .replace("\n#               ", " ")
                .lines()
                .filter(line -> line.startsWith("#   generator: "))
                .map(line -> line.substring("#   generator: ".length()))
                .toList();
        assertThat(shown).hasSize(2);
        assertThat(read("generator=" + shown.get(0)).generator()).containsInstanceOf(TeacherConfig.Local.class);
        assertThat(read("generator=" + shown.get(1)).generator()).containsInstanceOf(TeacherConfig.Server.class);
    }
}

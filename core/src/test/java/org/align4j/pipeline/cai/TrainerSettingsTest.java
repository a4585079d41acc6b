package org.align4j.pipeline.cai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.align4j.error.AlignException;
import org.align4j.train.policy.GrpoConfig;
import org.align4j.train.sft.SftConfig;
import org.junit.jupiter.api.Test;

class TrainerSettingsTest {
    private static TrainerSettings settings(Map<String, Object> theirs) {
        return new TrainerSettings("place", theirs);
    }

    private static List<String> prompts(Map<String, Object> theirs) {
        return settings(theirs)
                .with("model", "m")
                .beside("data.train", "red.jsonl")
                .with("rewards", List.of(Map.of("type", "model", "model", "m")))
                .configured(GrpoConfig.class, 3)
                .data()
                .train();
    }

    @Test
    void promptsOfAPersonComeBesideThoseOfThePipeline() {
        assertThat(prompts(Map.of())).containsExactly("red.jsonl");
        assertThat(prompts(Map.of("data", Map.of("train", List.of("a", "b"))))).containsExactly("red.jsonl", "a", "b");
        assertThat(prompts(Map.of("data", Map.of("train", "a")))).containsExactly("red.jsonl", "a");
        assertThat(prompts(Map.of("data.train", "a"))).containsExactly("red.jsonl", "a");
    }

    @Test
    void whatThePipelineDecidesIsRefused() {
        assertThatThrownBy(() -> settings(Map.of("output", "o")))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("place: output: the pipeline decides this itself");
        assertThatThrownBy(() -> settings(Map.of("reference", Map.of("cache", "c"))))
                .hasMessageContaining("reference.cache");
        assertThatThrownBy(
                        () -> settings(Map.of("data", Map.of("train", "mine"))).with("data.train", "ours"))
                .hasMessageContaining("place: data.train");
    }

    @Test
    void theRunsSeedIsUsedWhereTheSettingsHaveNone() {
        Map<String, Object> own = Map.of("seed", 7);
        assertThat(sft(settings(Map.of())).seed()).isEqualTo(3);
        assertThat(sft(settings(own)).seed()).isEqualTo(7);
    }

    private static SftConfig sft(TrainerSettings settings) {
        return settings.with("model", "m").with("data.train", "d").configured(SftConfig.class, 3);
    }

    @Test
    void faultsAreNamedWithTheirPlace() {
        assertThatThrownBy(() -> sft(settings(Map.of("learning_rat", 1))))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("place: ")
                .hasMessageContaining("learning_rat");
    }
}

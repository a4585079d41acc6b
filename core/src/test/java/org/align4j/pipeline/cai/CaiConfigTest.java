package org.align4j.pipeline.cai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.align4j.pipeline.constitution.Constitution;
import org.junit.jupiter.api.Test;

class CaiConfigTest {
    private static CaiConfig.Evaluation evaluation(String... sets) {
        return new CaiConfig.Evaluation(List.of(sets), 10, 16, Optional.empty(), Optional.empty(), 0, List.of());
    }

    @Test
    void setsAreNamedByTheirFilesUnlessOthersAreNamedAlike() {
        CaiConfig.Evaluation evaluation =
                evaluation("hh/helpful/test.jsonl.gz", "hh/harmless/test.jsonl.gz", "world/deeds.jsonl");

        assertThat(evaluation.prompts())
                .extracting(evaluation::shown)
                .containsExactly("hh/helpful/test.jsonl.gz", "hh/harmless/test.jsonl.gz", "deeds.jsonl");
    }

    @Test
    void aSetNamedTwiceIsRefused() {
        assertThatThrownBy(() -> evaluation("a.jsonl", "a.jsonl"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name each set once");
    }

    @Test
    void figuresAreNamedByAllThatChoosesTheirPrinciples() {
        Constitution world = Constitution.of("harmlessness");

        assertThat(new CaiConfig.Principles("harmlessness", List.of("harm"), "de").of(world))
                .isEqualTo(world.name() + " (harm, de)");
        assertThat(new CaiConfig.Principles("harmlessness", List.of(), "").of(world))
                .isEqualTo(world.name());
    }
}

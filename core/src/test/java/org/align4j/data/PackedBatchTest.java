package org.align4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.align4j.error.AlignException;
import org.junit.jupiter.api.Test;

class PackedBatchTest {
    @Test
    void laysSequencesEndToEndWithPositionsThatRestart() {
        PackedBatch batch = PackedBatch.of(List.of(
                new TokenizedExample(new int[] {5, 6, 7}, new boolean[] {false, false, true}, Source.memory(1)),
                new TokenizedExample(new int[] {8, 9}, new boolean[] {false, true}, Source.memory(2))));
        assertThat(batch.tokens()).containsExactly(5, 6, 7, 8, 9);
        assertThat(batch.positions()).containsExactly(0, 1, 2, 0, 1);
        assertThat(batch.offsets()).containsExactly(0, 3, 5);
        assertThat(batch.lossMask()).containsExactly(false, false, true, false, true);
        assertThat(batch.tokenCount()).isEqualTo(5);
        assertThat(batch.sequenceCount()).isEqualTo(2);
        assertThat(batch.length(1)).isEqualTo(2);
        assertThat(batch.maxLength()).isEqualTo(3);
        assertThat(batch.trainedTokens()).isEqualTo(2);
    }

    @Test
    void trainsEveryTokenButTheFirstOfEachSequence() {
        PackedBatch batch = PackedBatch.allTrained(List.of(new int[] {1, 2, 3}, new int[] {4}));
        assertThat(batch.lossMask()).containsExactly(false, true, true, false);
    }

    @Test
    void refusesAFirstTokenAsTarget() {
        assertThatThrownBy(() -> PackedBatch.of(List.of(new int[] {1, 2}), List.of(new boolean[] {true, true})))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("first token of sequence 0");
    }

    @Test
    void refusesEmptySequencesAndSizesThatDisagree() {
        assertThatThrownBy(() -> PackedBatch.of(List.of())).isInstanceOf(AlignException.Data.class);
        assertThatThrownBy(() -> PackedBatch.of(List.of(new int[0]), List.of(new boolean[0])))
                .hasMessageContaining("sequence 0 is empty");
        assertThatThrownBy(() -> PackedBatch.of(List.of(new int[] {1, 2}), List.of(new boolean[] {false})))
                .hasMessageContaining("2 tokens but a mask of 1");
        assertThatThrownBy(() -> new PackedBatch(new int[3], new int[3], new int[] {0, 2, 4}, new boolean[3]))
                .hasMessageContaining("offsets must run from 0 to 3");
        assertThatThrownBy(() -> new PackedBatch(new int[] {-1}, new int[1], new int[] {0, 1}, new boolean[1]))
                .hasMessageContaining("negative");
    }

    @Test
    void equalContentsAreEqual() {
        assertThat(PackedBatch.ofSequence(1, 2, 3)).isEqualTo(PackedBatch.ofSequence(1, 2, 3));
        assertThat(PackedBatch.ofSequence(1, 2, 3)).isNotEqualTo(PackedBatch.ofSequence(1, 2, 4));
    }
}

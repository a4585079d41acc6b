package org.align4j.data.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.align4j.data.PackedBatch;
import org.align4j.error.AlignException;
import org.align4j.random.CounterRandom;
import org.align4j.random.ShuffledOrder;
import org.align4j.tokenizer.TinyTokenizer;
import org.align4j.tokenizer.Tokenizer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenWindowsTest {
    @TempDir
    Path folder;

    private final Arena arena = Arena.ofConfined();
    private TokenStream stream = new TokenStream(java.util.List.of(), arena);
    private int begin;

    @BeforeEach
    void makeTokens() throws IOException {
        try (Tokenizer tokenizer = TinyTokenizer.bytesWithBos()) {
            begin = tokenizer.bos().orElseThrow().id();
            TokenFolder target = new TokenFolder(folder.resolve("tokens"), "train", "00".repeat(32));
            stream = TinyCorpus.write(folder.resolve("texts.jsonl"), 30).stream(target, tokenizer, 400, arena);
        }
    }

    @AfterEach
    void close() {
        arena.close();
    }

    private PackedBatch all(TokenWindows windows) {
        return windows.batch(LongStream.range(0, windows.count()).toArray());
    }

    @Test
    void everyTokenIsATargetOnce() {
        TokenWindows windows = new TokenWindows(stream, 50, true);
        PackedBatch batch = all(windows);
        assertThat(batch.sequenceCount()).isEqualTo((int) windows.count());
        int[] targets = new int[batch.trainedTokens()];
        int count = 0;
        for (int t = 0; t < batch.tokenCount(); t++) {
            if (batch.lossMask()[t]) {
                targets[count++] = batch.tokens()[t];
            }
        }
        assertThat(targets).isEqualTo(stream.ids(1, 1 + count));
        assertThat(stream.tokens() - 1 - count).isBetween(0L, 48L);
    }

    @Test
    void documentsAreSequencesOfTheirOwn() {
        PackedBatch apart = all(new TokenWindows(stream, 50, false));
        for (int b = 0; b < apart.sequenceCount(); b++) {
            int[] ids = Arrays.copyOfRange(apart.tokens(), apart.offsets()[b], apart.offsets()[b + 1]);
            assertThat(Arrays.stream(ids).skip(1)).doesNotContain(begin);
            assertThat(apart.positions()[apart.offsets()[b]]).isZero();
            assertThat(ids.length).isBetween(2, 50);
        }
        PackedBatch across = all(new TokenWindows(stream, 50, true));
        long begins = Arrays.stream(across.tokens()).filter(id -> id == begin).count();
        assertThat(apart.sequenceCount()).isGreaterThan((int) begins);
    }

    @Test
    void anEpochHasEveryWindowOnceAndTheNextAnotherOrder() {
        TokenWindows windows = new TokenWindows(stream, 20, false);
        long count = windows.count();
        long[] first = LongStream.range(0, count)
                .map(place -> windows.shuffled(3, place))
                .toArray();
        long[] second = LongStream.range(count, 2 * count)
                .map(place -> windows.shuffled(3, place))
                .toArray();
        assertThat(first).doesNotHaveDuplicates().hasSize((int) count);
        assertThat(second).containsExactlyInAnyOrder(first).isNotEqualTo(first);
        assertThat(first).isNotEqualTo(LongStream.range(0, count).toArray());
    }

    @Test
    void ordersOfAnySizeArePermutations() {
        for (long size : new long[] {1, 2, 3, 4, 5, 16, 17, 1000, 4097}) {
            ShuffledOrder order = new ShuffledOrder(size, CounterRandom.of(size, "test"));
            long[] places = LongStream.range(0, size).map(order::at).toArray();
            assertThat(places)
                    .containsExactlyInAnyOrder(LongStream.range(0, size).toArray());
        }
    }

    @Test
    void contextLongerThanTheTextIsRefused() {
        assertThatThrownBy(() -> new TokenWindows(stream, 1_000_000, false))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("has only " + stream.tokens());
    }
}

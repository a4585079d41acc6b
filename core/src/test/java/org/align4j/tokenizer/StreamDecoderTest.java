package org.align4j.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamDecoderTest {
    @Test
    void givesNoHalfCharacters() {
        try (Tokenizer tokenizer = TinyTokenizer.bytes()) {
            assertThat(pieces(tokenizer, tokenizer.encode("aé👧b"))).containsExactly("a", "é", "👧", "b");
        }
    }

    @Test
    void keepsSpacesBeforeWordsButNotTheFirst() {
        try (Tokenizer tokenizer = TinyTokenizer.pieces("▁w", "▁", "w")) {
            assertThat(pieces(tokenizer, tokenizer.encode("w w  w"))).containsExactly("w", " w", " ", " w");
        }
    }

    @Test
    void givesWhatIsLeftOfABrokenCharacterAtTheEnd() {
        try (Tokenizer tokenizer = TinyTokenizer.bytes()) {
            int[] ids = tokenizer.encode("a👧");
            int[] cut = {ids[0], ids[1], ids[2]};
            assertThat(TokenizerGoldenTest.streamed(tokenizer, cut, false)).isEqualTo(tokenizer.decode(cut, false));
            assertThat(tokenizer.decode(cut, false)).startsWith("a").endsWith("\uFFFD");
        }
    }

    @Test
    void anyIdsStreamToWhatTheyDecodeTo() {
        Random random = new Random(7);
        try (Tokenizer bytes = TinyTokenizer.bytes("a b", "Ġ a");
                Tokenizer pieces = TinyTokenizer.pieces("▁w", "▁", "w", "é", "▁▁")) {
            for (Tokenizer tokenizer : List.of(bytes, pieces)) {
                for (int round = 0; round < 300; round++) {
                    int[] ids = random.ints(random.nextInt(1, 30), 0, tokenizer.vocabularySize())
                            .toArray();
                    assertThat(TokenizerGoldenTest.streamed(tokenizer, ids, false))
                            .isEqualTo(tokenizer.decode(ids, false));
                    assertThat(TokenizerGoldenTest.streamed(tokenizer, ids, true))
                            .isEqualTo(tokenizer.decode(ids, true));
                }
            }
        }
    }

    private static List<String> pieces(Tokenizer tokenizer, int[] ids) {
        StreamDecoder decoder = tokenizer.streamDecoder(false);
        List<String> pieces = new ArrayList<>();
        for (int id : ids) {
            pieces.add(decoder.next(id));
        }
        pieces.add(decoder.finish());
        pieces.removeIf(String::isEmpty);
        return pieces;
    }
}

package org.align4j.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.align4j.error.AlignException;
import org.junit.jupiter.api.Test;

class TokenizerTest {
    private static final String TEXT = "Hello  wörld\n\n\tτ 日本語 👩‍👩‍👧 e\u0301 \0 done ";

    @Test
    void decodesWhatItEncoded() {
        try (Tokenizer tokenizer = TinyTokenizer.bytes("l l", "Ġ w", "e l")) {
            assertThat(tokenizer.decode(tokenizer.encode(TEXT), false)).isEqualTo(TEXT);
            assertThat(tokenizer.encode("")).isEmpty();
        }
    }

    @Test
    void decodesPiecesAndBytesItEncoded() {
        try (Tokenizer tokenizer = TinyTokenizer.pieces("▁w", "▁", "w", "o")) {
            assertThat(tokenizer.decode(tokenizer.encode(TEXT), false)).isEqualTo(TEXT);
            assertThat(tokenizer.encode("w w")).hasSize(2);
        }
    }

    @Test
    void recognisesSpecialTokensSpelledOutInTheText() {
        try (Tokenizer tokenizer = TinyTokenizer.bytes()) {
            int eos = tokenizer.eos().orElseThrow().id();
            assertThat(tokenizer.encode("a</s>")).containsExactly('a', eos);
            assertThat(tokenizer.isSpecial(eos)).isTrue();
            assertThat(tokenizer.isSpecial('a')).isFalse();
            assertThat(tokenizer.decode(new int[] {'a', eos}, true)).isEqualTo("a");
            assertThat(tokenizer.decode(new int[] {'a', eos}, false)).isEqualTo("a</s>");
            assertThat(tokenizer.eosIds()).containsExactly(eos);
        }
    }

    @Test
    void neverAddsBosTwiceToAPrompt() {
        try (Tokenizer tokenizer = TinyTokenizer.bytesWithBos()) {
            int bos = tokenizer.bos().orElseThrow().id();
            assertThat(tokenizer.encodePrompt("a")).containsExactly(bos, 'a');
            assertThat(tokenizer.encodePrompt("<s>a")).containsExactly(bos, 'a');
            assertThat(tokenizer.encodeWithSpecialTokens("<s>a")).containsExactly(bos, bos, 'a');
            assertThat(tokenizer.encodePrompt("")).containsExactly(bos);
            assertThat(tokenizer.addsPrefix()).isTrue();
        }
        try (Tokenizer tokenizer = TinyTokenizer.bytes()) {
            assertThat(tokenizer.encodePrompt("a")).containsExactly('a');
        }
    }

    @Test
    void offsetsCountCodePoints() {
        try (Tokenizer tokenizer = TinyTokenizer.bytes()) {
            Encoding encoding = tokenizer.encodeWithOffsets("👧a");
            assertThat(encoding.size()).isEqualTo(5);
            assertThat(encoding.starts()).containsExactly(0, 0, 0, 0, 1);
            assertThat(encoding.ends()).containsExactly(1, 1, 1, 1, 2);
        }
    }

    @Test
    void neitherTruncatesNorPads() {
        String json = new String(TinyTokenizer.byteSpec(false).toJson(), StandardCharsets.UTF_8)
                .replace(
                        "\"truncation\":null,\"padding\":null",
                        "\"truncation\":{\"direction\":\"Right\",\"max_length\":4,\"strategy\":\"LongestFirst\","
                                + "\"stride\":0},\"padding\":{\"strategy\":{\"Fixed\":64},\"direction\":\"Right\","
                                + "\"pad_to_multiple_of\":null,\"pad_id\":0,\"pad_type_id\":0,\"pad_token\":\"!\"}");
        assertThat(json).contains("Fixed");
        try (Tokenizer tokenizer =
                Tokenizer.ofJson(json.getBytes(StandardCharsets.UTF_8), TokenizerConfig.EMPTY, "tiny")) {
            assertThat(tokenizer.encode("abcdefgh")).hasSize(8);
            assertThat(tokenizer.encode("x".repeat(5000))).hasSize(5000);
            assertThat(tokenizer.encodeWithOffsets("abcdefgh").size()).isEqualTo(8);
        }
    }

    @Test
    void loneSurrogatesBecomeReplacementCharacters() {
        try (Tokenizer tokenizer = TinyTokenizer.bytes()) {
            assertThat(tokenizer.decode(tokenizer.encode("a\uD83Db\uDC67"), false))
                    .isEqualTo("a\uFFFDb\uFFFD");
        }
    }

    @Test
    void continuesTextWithoutAPrefixSpace() {
        try (Tokenizer tokenizer = TinyTokenizer.pieces("▁", "w", "o")) {
            int space = tokenizer.id("▁").orElseThrow();
            int w = tokenizer.id("w").orElseThrow();
            int eos = tokenizer.id("</s>").orElseThrow();
            assertThat(tokenizer.encode("w")).containsExactly(space, w);
            assertThat(tokenizer.encodeContinuation("w")).containsExactly(w);
            assertThat(tokenizer.encodeContinuation("w</s>w")).containsExactly(w, eos, space, w);
            assertThat(tokenizer.encodeContinuationWithOffsets("w</s>w").starts())
                    .containsExactly(0, 1, 5, 5);
        }
    }

    @Test
    void threadsMayShareATokenizer() {
        try (Tokenizer tokenizer = TinyTokenizer.bytes("a b")) {
            int[] expected = tokenizer.encode("abba");
            assertThat(IntStream.range(0, 2000).parallel().mapToObj(i -> tokenizer.encode("abba")))
                    .allSatisfy(ids -> assertThat(ids).isEqualTo(expected));
        }
    }

    @Test
    void errorsNameThePlaceAndTheRemedy() {
        assertThatThrownBy(() -> ofJson("{"))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageContaining("x.json");
        assertThatThrownBy(() -> ofJson("[]"))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageContaining("not a JSON object");
        assertThatThrownBy(() -> ofJson("{\"model\":{\"type\":\"Nonsense\",\"vocab\":{}}}"))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageContaining("x.json: the tokenizer is not valid");
        try (Tokenizer tokenizer = TinyTokenizer.bytes()) {
            assertThatThrownBy(() -> tokenizer.token(100_000))
                    .isInstanceOf(AlignException.Data.class)
                    .hasMessageContaining("100000");
            assertThatThrownBy(() -> tokenizer.decode(new int[] {-1}, false))
                    .isInstanceOf(AlignException.Data.class)
                    .hasMessageContaining("-1");
            assertThat(tokenizer.decode(new int[] {100_000, 'a'}, false)).hasSize(1);
            assertThat(tokenizer.vocabularySize()).isEqualTo(258);
        }
    }

    private static Tokenizer ofJson(String json) {
        return Tokenizer.ofJson(json.getBytes(StandardCharsets.UTF_8), TokenizerConfig.EMPTY, "x.json");
    }
}

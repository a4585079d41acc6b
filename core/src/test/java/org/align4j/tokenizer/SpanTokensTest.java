package org.align4j.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.align4j.error.AlignException;
import org.align4j.tokenizer.SpanTokens.Cut;
import org.align4j.tokenizer.SpanTokens.Span;
import org.junit.jupiter.api.Test;

class SpanTokensTest {
    @Test
    void marksTheTokensOfASpan() {
        try (Tokenizer tokenizer = TinyTokenizer.bytesWithBos()) {
            SpanTokens tokens = SpanTokens.of(tokenizer, "ab</s>c", List.of(new Span(1, 6)), true);
            int bos = tokenizer.bos().orElseThrow().id();
            int eos = tokenizer.eos().orElseThrow().id();
            assertThat(tokens.ids()).containsExactly(bos, 'a', 'b', eos, 'c');
            assertThat(tokens.mask()).containsExactly(false, false, true, true, false);
            assertThat(tokens.cuts()).isEmpty();
            assertThat(tokens.marked()).isEqualTo(2);
        }
    }

    @Test
    void cutsATokenThatStraddlesTheBoundary() {
        try (Tokenizer tokenizer = TinyTokenizer.bytes("Ġ y")) {
            SpanTokens tokens = SpanTokens.of(tokenizer, "a y", List.of(new Span(2, 3)), false);
            int space = tokenizer.id("Ġ").orElseThrow();
            assertThat(tokens.ids()).containsExactly('a', space, 'y');
            assertThat(tokens.mask()).containsExactly(false, false, true);
            assertThat(tokens.cuts()).containsExactly(new Cut(2, List.of("Ġy")));
        }
    }

    @Test
    void cutsWhereThePromptAloneHasOtherTokensThoughNoneStraddles() {
        try (Tokenizer tokenizer = TinyTokenizer.bytes("Ċ Ċ")) {
            int lineEnd = tokenizer.id("Ċ").orElseThrow();
            int twoLineEnds = tokenizer.id("ĊĊ").orElseThrow();
            assertThat(tokenizer.encode("x\n\ny")).containsExactly('x', lineEnd, lineEnd, 'y');
            SpanTokens tokens = SpanTokens.of(tokenizer, "x\n\ny", List.of(new Span(3, 4)), false);
            assertThat(tokens.ids()).containsExactly('x', twoLineEnds, 'y');
            assertThat(tokens.mask()).containsExactly(false, false, true);
            assertThat(tokens.cuts()).hasSize(1);
        }
    }

    @Test
    void losesNothingWhenTwoBoundariesCannotBothBeClean() {
        try (Tokenizer tokenizer = TinyTokenizer.bytes("Ċ Ċ")) {
            SpanTokens tokens = SpanTokens.of(tokenizer, "x\n\ny", List.of(new Span(0, 2), new Span(3, 4)), false);
            assertThat(tokenizer.decode(tokens.ids(), false)).isEqualTo("x\n\ny");
            assertThat(tokens.mask()).containsExactly(true, true, false, true);
        }
    }

    @Test
    void keepsPrefixSpacesAfterAddedTokensAndAddsNoneAtACut() {
        try (Tokenizer tokenizer = TinyTokenizer.pieces("▁ww", "▁w", "▁", "w")) {
            String text = "w</s>ww</s>w";
            SpanTokens clean = SpanTokens.of(tokenizer, text, List.of(new Span(5, 11)), true);
            assertThat(clean.ids()).isEqualTo(tokenizer.encodeWithSpecialTokens(text));
            assertThat(clean.cuts()).isEmpty();
            SpanTokens cut = SpanTokens.of(tokenizer, text, List.of(new Span(6, 11)), false);
            assertThat(cut.cuts()).extracting(Cut::at).containsExactly(6);
            assertThat(Arrays.stream(cut.ids()).mapToObj(tokenizer::token))
                    .containsExactly("▁w", "</s>", "▁w", "w", "</s>", "▁w");
        }
    }

    @Test
    void promptTokensAreThoseOfThePromptAlone() {
        Random random = new Random(11);
        String[] parts = {"w", " ", "\n", "ww", "</s>", "é", "👧", "  ", "'s", "12", "<s>"};
        try (Tokenizer bytes = TinyTokenizer.bytes("Ċ Ċ", "Ġ w", "w w", "Ġ Ġ", "1 2");
                Tokenizer pieces = TinyTokenizer.pieces("▁w", "▁", "w", "ww", "▁▁", "▁ww")) {
            for (Tokenizer tokenizer : List.of(bytes, pieces)) {
                for (int round = 0; round < 400; round++) {
                    StringBuilder prompt = new StringBuilder();
                    StringBuilder completion = new StringBuilder();
                    random.ints(random.nextInt(1, 8), 0, parts.length).forEach(i -> prompt.append(parts[i]));
                    random.ints(random.nextInt(1, 8), 0, parts.length).forEach(i -> completion.append(parts[i]));
                    String text = prompt.toString() + completion;
                    SpanTokens tokens =
                            SpanTokens.of(tokenizer, text, List.of(new Span(prompt.length(), text.length())), false);
                    int[] alone = tokenizer.encode(prompt.toString());
                    assertThat(tokens.ids()).as(text).startsWith(alone);
                    assertThat(tokens.marked()).isEqualTo(tokens.ids().length - alone.length);
                    assertThat(tokens.mask()[Math.max(0, alone.length - 1)]).isEqualTo(alone.length == 0);
                }
            }
        }
    }

    @Test
    void manySpansLoseNoText() {
        Random random = new Random(13);
        try (Tokenizer tokenizer = TinyTokenizer.bytes("Ċ Ċ", "Ġ w", "w w", "Ġ Ġ")) {
            for (int round = 0; round < 300; round++) {
                StringBuilder text = new StringBuilder();
                random.ints(12, 0, 3).forEach(i -> text.append("w \n".charAt(i)));
                int[] cuts = random.ints(4, 0, 13).sorted().toArray();
                List<Span> spans = List.of(new Span(cuts[0], cuts[1]), new Span(cuts[2], cuts[3]));
                SpanTokens tokens = SpanTokens.of(tokenizer, text.toString(), spans, false);
                assertThat(tokenizer.decode(tokens.ids(), false)).isEqualTo(text.toString());
                assertThat(decodeMarked(tokenizer, tokens))
                        .isEqualTo(text.substring(cuts[0], cuts[1]) + text.substring(cuts[2], cuts[3]));
            }
        }
    }

    @Test
    void refusesSpansThatOverlapOrLeaveTheText() {
        try (Tokenizer tokenizer = TinyTokenizer.bytes()) {
            assertThatThrownBy(() -> SpanTokens.of(tokenizer, "abc", List.of(new Span(0, 9)), false))
                    .isInstanceOf(AlignException.Data.class)
                    .hasMessageContaining("inside the text");
            assertThatThrownBy(() -> SpanTokens.of(tokenizer, "abc", List.of(new Span(0, 2), new Span(1, 3)), false))
                    .isInstanceOf(AlignException.Data.class)
                    .hasMessageContaining("apart");
        }
    }

    private static String decodeMarked(Tokenizer tokenizer, SpanTokens tokens) {
        int[] marked = new int[tokens.marked()];
        int count = 0;
        for (int i = 0; i < tokens.ids().length; i++) {
            if (tokens.mask()[i]) {
                marked[count++] = tokens.ids()[i];
            }
        }
        return tokenizer.decode(marked, false);
    }
}

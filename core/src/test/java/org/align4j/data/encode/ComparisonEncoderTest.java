package org.align4j.data.encode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.data.Completion;
import org.align4j.data.DataReport;
import org.align4j.data.Prompt;
import org.align4j.data.SkipReason;
import org.align4j.data.Source;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.EncodeOptions.Truncate;
import org.align4j.data.preference.Annotation;
import org.align4j.data.preference.Comparison;
import org.align4j.data.preference.Ranking;
import org.align4j.data.preference.Unjudged;
import org.align4j.tokenizer.ChatTemplate;
import org.align4j.tokenizer.TinyTokenizer;
import org.align4j.tokenizer.Tokenizer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ComparisonEncoderTest {
    private static final ChatRenderer TEMPLATE = ChatRenderer.of(
            ChatTemplate.of(
                    "{% for m in messages %}[{{ m.role }}]{{ m.content }}</s>\n{% endfor %}"
                            + "{% if add_generation_prompt %}[assistant]{% endif %}",
                    Map.of()),
            ChatTemplate.Options.conversation());

    private final Tokenizer tokenizer = TinyTokenizer.bytesWithBos();
    private final DataReport report = new DataReport();

    @AfterEach
    void closeTokenizer() {
        tokenizer.close();
    }

    /// Ranked as they are given.
    private static Comparison comparison(String... texts) {
        Map<String, Completion> outputs = new LinkedHashMap<>();
        for (String text : texts) {
            outputs.put("o" + outputs.size(), Completion.of(text));
        }
        return new Comparison(
                Prompt.of("", "Q: "),
                outputs,
                Ranking.parse(String.join(" > ", outputs.keySet())),
                Annotation.NONE,
                new Source("f", 1));
    }

    private Optional<TokenizedComparison> encode(
            Optional<ChatRenderer> template, EncodeOptions options, Comparison comparison) {
        return new ComparisonEncoder(tokenizer, template, options, report).encode(comparison);
    }

    private String text(TokenizedExample example) {
        return tokenizer.decode(example.tokens(), false);
    }

    @Test
    void endsEveryOutputWithEos() {
        TokenizedComparison raw = encode(Optional.empty(), EncodeOptions.upTo(99), comparison("a", "b", "c"))
                .orElseThrow();
        assertThat(raw.outputs()).extracting(this::text).containsExactly("<s>Q: a</s>", "<s>Q: b</s>", "<s>Q: c</s>");
        assertThat(text(raw.output("o2"))).isEqualTo("<s>Q: c</s>");
    }

    @Test
    void endsChatsWithTheTurnsEndTokenToo() {
        TokenizedComparison chat = encode(Optional.of(TEMPLATE), EncodeOptions.upTo(99), comparison("a", "b"))
                .orElseThrow();
        assertThat(text(chat.outputs().getFirst())).endsWith("[assistant]a</s>");
        assertThat(report.used()).isEqualTo(1);
    }

    @Test
    void cutsWhereItIsToldTo() {
        EncodeOptions options = EncodeOptions.upTo(6);
        Comparison wide = comparison("abcd", "efgh");
        assertThat(encode(Optional.empty(), options.withTruncate(Truncate.DROP), wide))
                .isEmpty();
        assertThat(report.skipped(SkipReason.TOO_LONG).count()).isEqualTo(1);
        assertThat(text(encode(Optional.empty(), options.withTruncate(Truncate.START), wide)
                        .orElseThrow()
                        .outputs()
                        .getFirst()))
                .isEqualTo("<s>abcd</s>");
        assertThat(text(encode(Optional.empty(), options.withTruncate(Truncate.END), wide)
                        .orElseThrow()
                        .outputs()
                        .getFirst()))
                .isEqualTo("<s>Q: ab");
    }

    @Test
    void aCutAtTheStartLeavesAllOutputsTheSamePrompt() {
        EncodeOptions options = EncodeOptions.upTo(7).withTruncate(Truncate.START);
        assertThat(encode(Optional.empty(), options, comparison("a", "bcd"))
                        .orElseThrow()
                        .outputs())
                .extracting(this::text)
                .containsExactly("<s>: a</s>", "<s>: bcd</s>");
        assertThat(encode(Optional.empty(), options, comparison("a", "bcdefg"))).isEmpty();
        assertThat(report.skipped(SkipReason.TOO_LONG).count()).isEqualTo(1);
    }

    @Test
    void takesEqualOutputsThatNobodyJudges() {
        Map<String, Completion> outputs = Map.of("A", Completion.of("a"), "B", Completion.of("a"));
        Comparison drawn = new Comparison(
                Prompt.of("", "Q: "), outputs, new Unjudged(List.of("A", "B")), Annotation.NONE, new Source("f", 1));
        TokenizedComparison tokens =
                encode(Optional.empty(), EncodeOptions.upTo(99), drawn).orElseThrow();
        assertThat(tokens.output("A")).isEqualTo(tokens.output("B"));
    }

    @Test
    void reportsOutputsThatCuttingMakesTheSame() {
        assertThat(encode(Optional.empty(), EncodeOptions.upTo(6), comparison("abc", "abd")))
                .isEmpty();
        assertThat(report.skipped(SkipReason.IDENTICAL_OUTPUTS).examples())
                .first()
                .asString()
                .contains("data.max_length");
    }
}

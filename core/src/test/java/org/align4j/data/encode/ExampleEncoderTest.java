package org.align4j.data.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.align4j.data.Conversation;
import org.align4j.data.DataReport;
import org.align4j.data.Example;
import org.align4j.data.Message;
import org.align4j.data.SkipReason;
import org.align4j.data.Source;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.EncodeOptions.LossOn;
import org.align4j.data.encode.EncodeOptions.Truncate;
import org.align4j.error.AlignException;
import org.align4j.tokenizer.ChatTemplate;
import org.align4j.tokenizer.TinyTokenizer;
import org.align4j.tokenizer.Tokenizer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExampleEncoderTest {
    /// Turns end with `</s>` and a line break, unmarked.
    private static final String PLAIN = "{% for m in messages %}[{{ m.role }}]{{ m.content }}</s>\n{% endfor %}"
            + "{% if add_generation_prompt %}[assistant]{% endif %}";
    /// The same, marked, its end token outside the mark.
    private static final String MARKED = "{% for m in messages %}[{{ m.role }}]{% if m.role == 'assistant' %}"
            + "{% generation %}{{ m.content }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}</s>\n{% endfor %}";
    /// Keeps reasoning in the last turn only, and opens it in the generation prompt.
    private static final String REASONING = "{% for m in messages %}[{{ m.role }}]"
            + "{% if m.role == 'assistant' and not loop.last %}{{ m.content.split('</think>')[-1].strip() }}"
            + "{% else %}{{ m.content }}{% endif %}</s>\n{% endfor %}"
            + "{% if add_generation_prompt %}[assistant]<think>{% endif %}";

    private static final Source AT = new Source("f.jsonl", 3);
    private static final Conversation TWO_TURNS = Conversation.of(
            Message.system("S"), Message.user("Q"), Message.assistant("A"), Message.user("R"), Message.assistant("B"));

    private final Tokenizer tokenizer = TinyTokenizer.bytesWithBos();
    private final DataReport report = new DataReport();

    @AfterEach
    void closeTokenizer() {
        tokenizer.close();
    }

    private static ChatRenderer template(String source) {
        return ChatRenderer.of(ChatTemplate.of(source, Map.of()), ChatTemplate.Options.conversation());
    }

    private Optional<TokenizedExample> encode(Optional<ChatRenderer> template, EncodeOptions options, Example example) {
        return new ExampleEncoder(tokenizer, template, options, report).encode(example);
    }

    private String chat(String template, Conversation conversation) {
        return marked(
                encode(Optional.of(template(template)), EncodeOptions.upTo(1000), new Example.Chat(conversation, AT))
                        .orElseThrow(() -> new AssertionError(report.summary())));
    }

    private String raw(EncodeOptions options, String prompt, String completion) {
        return marked(encode(Optional.empty(), options, new Example.PromptCompletion(prompt, completion, AT))
                .orElseThrow(() -> new AssertionError(report.summary())));
    }

    /// The text with trained stretches in braces.
    private String marked(TokenizedExample example) {
        String plain = new HighlightedExample(example, ids -> tokenizer.decode(ids, false)).plain();
        return plain.substring(plain.indexOf('\n') + 1)
                .strip()
                .replace('⟦', '{')
                .replace('⟧', '}');
    }

    @Test
    void trainsRawCompletionsAndEos() {
        assertThat(raw(EncodeOptions.upTo(100), "Q: ", "A")).isEqualTo("<s>Q: {A</s>}");
        assertThat(raw(EncodeOptions.upTo(100).withLossOn(LossOn.ALL), "Q: ", "A"))
                .isEqualTo("<s>{Q: A</s>}");
        assertThat(report.noted(ExampleEncoder.GLUED).count()).isZero();
    }

    @Test
    void doesNotDoubleBos() {
        assertThat(raw(EncodeOptions.upTo(100), "<s>Q ", "A")).isEqualTo("<s>Q {A</s>}");
    }

    @Test
    void saysWhenPromptAndCompletionAreGlued() {
        raw(EncodeOptions.upTo(100), "Q", "A");
        assertThat(report.noted(ExampleEncoder.GLUED).examples()).containsExactly("f.jsonl:3");
    }

    @Test
    void keepsTheGeneratorsTokensWhereATokenWouldStraddle() {
        try (Tokenizer merging = TinyTokenizer.bytes("Ġ y")) {
            TokenizedExample example = new ExampleEncoder(merging, Optional.empty(), EncodeOptions.upTo(100), report)
                    .encode(new Example.PromptCompletion("a ", "y", AT))
                    .orElseThrow();
            assertThat(example.tokens()).startsWith(merging.encode("a "));
            assertThat(example.lossMask()).containsExactly(false, false, true, true);
        }
        assertThat(report.noted(ExampleEncoder.STRADDLING).count()).isEqualTo(1);
    }

    @Test
    void trainsAllOfPlainText() {
        assertThat(marked(encode(Optional.empty(), EncodeOptions.upTo(100), new Example.PlainText("once", AT))
                        .orElseThrow()))
                .isEqualTo("<s>{once</s>}");
    }

    @Test
    void findsTurnsByTextDifference() {
        assertThat(chat(PLAIN, TWO_TURNS))
                .isEqualTo("<s>[system]S</s>\n[user]Q</s>\n[assistant]{A</s>}\n[user]R</s>\n[assistant]{B</s>}");
    }

    @Test
    void findsTurnsByMarksAndTakesTheEndTokenBehindThem() {
        assertThat(chat(MARKED, TWO_TURNS))
                .isEqualTo("<s>[system]S</s>\n[user]Q</s>\n[assistant]{A</s>}\n[user]R</s>\n[assistant]{B</s>}");
    }

    @Test
    void leavesOutTurnsOfWeightZero() {
        Conversation weighted = Conversation.of(
                Message.user("Q"), Message.assistant("A").untrained(), Message.user("R"), Message.assistant("B"));
        String expected = "<s>[user]Q</s>\n[assistant]A</s>\n[user]R</s>\n[assistant]{B</s>}";
        assertThat(chat(PLAIN, weighted)).isEqualTo(expected);
        assertThat(chat(MARKED, weighted)).isEqualTo(expected);
    }

    @Test
    void findsTurnsThatATemplateRewrites() {
        Conversation reasoned = Conversation.of(
                Message.user("Q"),
                Message.assistant("<think>hm</think>\nA"),
                Message.user("R"),
                Message.assistant("<think>so</think>\nB"));
        assertThat(chat(REASONING, reasoned))
                .isEqualTo("<s>[user]Q</s>\n[assistant]{A</s>}\n[user]R</s>\n[assistant]<think>{so</think>\nB</s>}");
        assertThat(chat(REASONING, TWO_TURNS)).endsWith("[assistant]{A</s>}\n[user]R</s>\n[assistant]{B</s>}");
    }

    @Test
    void refusesTemplatesInWhichTurnsCannotBeFound() {
        Optional<TokenizedExample> encoded = encode(
                Optional.of(template("{% for m in messages %}{{ loop.length }}{{ m.content | upper }}{% endfor %}")),
                EncodeOptions.upTo(100),
                new Example.Chat(Conversation.of(Message.user("q"), Message.assistant("abc"), Message.user("r")), AT));
        assertThat(encoded).isEmpty();
        assertThat(report.skipped(SkipReason.TEMPLATE).examples().getFirst())
                .startsWith("f.jsonl:3: the assistant's turn 1 cannot be found");
    }

    @Test
    void reportsWhatTheTemplateRefuses() {
        assertThat(encode(
                        Optional.of(template("{{ raise_exception('roles must alternate') }}")),
                        EncodeOptions.upTo(100),
                        new Example.Chat(TWO_TURNS, AT)))
                .isEmpty();
        assertThat(report.skipped(SkipReason.TEMPLATE).examples().getFirst()).contains("roles must alternate");
    }

    @Test
    void warnsOfTurnsThatNeverEnd() {
        assertThat(chat("{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}", TWO_TURNS))
                .contains("{");
        assertThat(report.noted(ExampleEncoder.ENDLESS).count()).isEqualTo(1);
    }

    @Test
    void writesPromptsAsChatWhereThereIsATemplateUnlessToldNotTo() {
        Example pair = new Example.PromptCompletion("S", "Q ", "A", AT);
        Optional<ChatRenderer> template = Optional.of(template(PLAIN));
        assertThat(marked(encode(template, EncodeOptions.upTo(100), pair).orElseThrow()))
                .isEqualTo("<s>[system]S</s>\n[user]Q</s>\n[assistant]{A</s>}");
        assertThat(marked(encode(template, EncodeOptions.upTo(100).withChat(false), pair)
                        .orElseThrow()))
                .isEqualTo("<s>S\n\nQ {A</s>}");
        assertThatThrownBy(
                        () -> encode(Optional.empty(), EncodeOptions.upTo(100).withChat(true), pair))
                .isInstanceOf(AlignException.Config.class);
    }

    @Test
    void truncatesByTheStatedRule() {
        assertThat(raw(EncodeOptions.upTo(5), "ab ", "cdef")).isEqualTo("<s>ab {c}");
        assertThat(raw(EncodeOptions.upTo(5).withTruncate(Truncate.START), "ab ", "cd"))
                .isEqualTo("<s> {cd</s>}");
        assertThat(report.noted("longer than data.max_length 5, cut at the end").count())
                .isEqualTo(1);
        assertThat(encode(
                        Optional.empty(),
                        EncodeOptions.upTo(5).withTruncate(Truncate.DROP),
                        new Example.PromptCompletion("ab ", "cdef", AT)))
                .isEmpty();
        assertThat(report.skipped(SkipReason.TOO_LONG).count()).isEqualTo(1);
        assertThat(report.faults()).isZero();
    }

    @Test
    void reportsExamplesWithoutATrainedToken() {
        assertThat(encode(Optional.empty(), EncodeOptions.upTo(4), new Example.PromptCompletion("abcdef ", "g", AT)))
                .isEmpty();
        assertThat(encode(
                        Optional.of(template(PLAIN)),
                        EncodeOptions.upTo(99),
                        new Example.Chat(Conversation.of(Message.user("Q")), AT)))
                .isEmpty();
        assertThat(report.skipped(SkipReason.NO_TRAINED_TOKEN).count()).isEqualTo(2);
    }

    @Test
    void highlightsWithoutLettingDataSteerTheTerminal() {
        TokenizedExample example = encode(
                        Optional.empty(), EncodeOptions.upTo(99), new Example.PromptCompletion("\u001b[2J ", "é😀", AT))
                .orElseThrow();
        HighlightedExample shown = new HighlightedExample(example, ids -> tokenizer.decode(ids, false));
        assertThat(shown.plain()).isEqualTo(example + "\n<s>\\u001b[2J ⟦é😀</s>⟧\n");
        assertThat(shown.ansi()).contains("\u001b[30;42m").doesNotContain("[2J\u001b[2J");
        assertThat(shown.table().lines().skip(1)).hasSize(example.length());
        String letters = IntStream.range(0, example.length())
                .filter(t -> example.lossMask()[t])
                .mapToObj(String::valueOf)
                .collect(Collectors.joining(","));
        assertThat(letters).isEqualTo("6,7,8,9,10,11,12");
    }

    @Test
    void encodesAllAndCountsWhatIsUsed() {
        List<Example> examples = List.of(new Example.PlainText("a", AT), new Example.PlainText("b", Source.memory(1)));
        assertThat(new ExampleEncoder(tokenizer, Optional.empty(), EncodeOptions.upTo(9), report).encodeAll(examples))
                .hasSize(2);
        assertThat(report.used()).isEqualTo(2);
    }
}

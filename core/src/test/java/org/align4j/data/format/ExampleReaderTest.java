package org.align4j.data.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.data.Conversation;
import org.align4j.data.DataReport;
import org.align4j.data.Example;
import org.align4j.data.Message;
import org.align4j.data.OnError;
import org.align4j.data.SkipReason;
import org.align4j.data.Source;
import org.align4j.data.rows.ReadOptions;
import org.align4j.data.rows.Row;
import org.align4j.data.rows.Rows;
import org.align4j.error.AlignException;
import org.align4j.testing.Shared;
import org.junit.jupiter.api.Test;

class ExampleReaderTest {
    private final DataReport report = new DataReport();
    private static final Source AT = new Source("f.jsonl", 7);

    private static Map<String, Object> fields(Object... keysAndValues) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            fields.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return fields;
    }

    private Optional<Example> read(FormatOptions options, Object... keysAndValues) {
        return new ExampleReader(options, report).read(new Row(AT, fields(keysAndValues)));
    }

    private Example auto(Object... keysAndValues) {
        return read(FormatOptions.DEFAULT, keysAndValues).orElseThrow(() -> new AssertionError(report.summary()));
    }

    private String fault(SkipReason reason, Object... keysAndValues) {
        assertThat(read(FormatOptions.DEFAULT, keysAndValues)).isEmpty();
        assertThat(report.skipped(reason).examples()).as(report.summary()).hasSize(1);
        return report.skipped(reason).examples().getFirst();
    }

    @Test
    void recognisesMessagesAndKeepsSystemPromptsAndExtraFields() {
        Example example = auto(
                "messages",
                List.of(
                        fields("role", "system", "content", "Be brief."),
                        fields("role", "user", "content", List.of(fields("type", "text", "text", "Hi"))),
                        fields(
                                "role",
                                "assistant",
                                "content",
                                null,
                                "tool_calls",
                                List.of(fields("a", 1)),
                                "name",
                                null),
                        fields("role", "assistant", "content", "Hello", "weight", 0)),
                "tools",
                List.of(fields("name", "f")));
        Conversation conversation = ((Example.Chat) example).conversation();
        assertThat(conversation.messages())
                .extracting(Message::role)
                .containsExactly("system", "user", "assistant", "assistant");
        assertThat(conversation.messages())
                .extracting(Message::content)
                .containsExactly("Be brief.", "Hi", "", "Hello");
        assertThat(conversation.messages().get(2).extra()).containsOnlyKeys("tool_calls");
        assertThat(conversation.messages()).extracting(Message::trained).containsExactly(false, false, true, false);
        assertThat(conversation.tools()).hasSize(1);
        assertThat(example.source()).isEqualTo(AT);
    }

    @Test
    void translatesShareGpt() {
        Example example = auto(
                "system",
                "S",
                "conversations",
                List.of(fields("from", "human", "value", "Q"), fields("from", "gpt", "value", "A")));
        assertThat(((Example.Chat) example).conversation())
                .isEqualTo(Conversation.of(Message.system("S"), Message.user("Q"), Message.assistant("A")));
    }

    @Test
    void trainsOnlyTheCompletionOfMessageLists() {
        Example example = auto(
                "prompt",
                List.of(
                        fields("role", "user", "content", "Q"),
                        fields("role", "assistant", "content", "A"),
                        fields("role", "user", "content", "R")),
                "completion",
                List.of(fields("role", "assistant", "content", "B")));
        assertThat(((Example.Chat) example).conversation().messages())
                .extracting(Message::trained)
                .containsExactly(false, false, false, true);
    }

    @Test
    void readsPromptsAlpacaAndText() {
        assertThat(auto("prompt", "Q", "completion", " A")).isEqualTo(new Example.PromptCompletion("Q", " A", AT));
        assertThat(auto("instruction", "Add", "input", "1 2", "output", "3"))
                .isEqualTo(new Example.PromptCompletion("Add\n\n1 2", "3", AT));
        assertThat(auto("instruction", "Add", "input", "", "output", "3"))
                .isEqualTo(new Example.PromptCompletion("Add", "3", AT));
        assertThat(auto("text", "once")).isEqualTo(new Example.PlainText("once", AT));
    }

    @Test
    void mapsColumnsByNamePathAndTemplate() {
        FormatOptions named = FormatOptions.DEFAULT.withColumns(Map.of("prompt", "question", "completion", "answer"));
        assertThat(read(named, "question", "Q", "answer", "A")).contains(new Example.PromptCompletion("Q", "A", AT));
        FormatOptions template = FormatOptions.DEFAULT.withColumns(
                Map.of("prompt", "Question {{{id}}}: {question}\nAnswer:", "completion", " {answers.0.text}"));
        assertThat(read(template, "id", 5, "question", "Q", "answers", List.of(fields("text", "A"))))
                .contains(new Example.PromptCompletion("Question {5}: Q\nAnswer:", " A", AT));
    }

    @Test
    void stripsEndMarksAndReportsEmptyCompletions() {
        assertThat(auto("prompt", "Q", "completion", "A<|endoftext|>\n"))
                .isEqualTo(new Example.PromptCompletion("Q", "A", AT));
        assertThat(fault(SkipReason.EMPTY_COMPLETION, "prompt", "Q", "completion", "<|endoftext|>"))
                .isEqualTo("f.jsonl:7: \"completion\" is empty; nothing to learn");
        report.use();
        assertThatThrownBy(() -> report.check(OnError.FAIL)).isInstanceOf(AlignException.Data.class);
    }

    @Test
    void namesTheColumnsFoundAndTheFormsKnown() {
        assertThat(fault(SkipReason.MISSING_COLUMN, "question", "Q", "answer", "A"))
                .contains("columns found: question, answer")
                .contains("messages, conversations, prompt + completion, output + instruction, text")
                .contains("data.columns");
    }

    @Test
    void refusesRowsOfAnotherForm() {
        ExampleReader reader = new ExampleReader(FormatOptions.DEFAULT, report);
        assertThat(reader.read(new Row(AT, fields("text", "a")))).isPresent();
        assertThat(reader.read(new Row(AT, fields("prompt", "a", "completion", "b"))))
                .isEmpty();
        assertThat(report.skipped(SkipReason.MISSING_COLUMN).examples().getFirst())
                .contains("columns found: prompt, completion; expected text like the rows before");
    }

    @Test
    void saysWhenColumnsFitSeveralForms() {
        auto("instruction", "Add", "output", "3", "text", "Add 3");
        assertThat(report.summary()).contains("columns fit [ALPACA, TEXT]: read as ALPACA");
    }

    @Test
    void reportsWrongTypes() {
        assertThat(fault(SkipReason.WRONG_TYPE, "prompt", "Q", "completion", 72))
                .isEqualTo("f.jsonl:7: \"completion\" is a number (72); expected a text");
    }

    @Test
    void reportsMessagesThatAreNone() {
        for (Object broken : Arrays.asList(
                List.of(),
                "text",
                List.of("x"),
                List.of(fields("content", "x")),
                List.of(fields("role", "user")),
                null)) {
            assertThat(read(FormatOptions.DEFAULT, "messages", broken)).isEmpty();
        }
        assertThat(report.faults()).isEqualTo(6);
    }

    @Test
    void refusesMappingsToUnknownColumns() {
        assertThatThrownBy(() -> FormatOptions.DEFAULT.withColumns(Map.of("promt", "question")))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("did you mean prompt?");
    }

    @Test
    void readsP3WithItsEmptyCompletions() {
        List<Example> examples = shared("instruction/p3", FormatOptions.DEFAULT);
        assertThat(examples).hasSize(44_253 - 1_400);
        assertThat(report.skipped(SkipReason.EMPTY_COMPLETION).count()).isEqualTo(1_400);
        assertThat(report.faults()).isEqualTo(1_400);
        assertThat(examples)
                .allSatisfy(example -> assertThat(((Example.PromptCompletion) example).completion())
                        .doesNotContain("<|endoftext|>"));
    }

    @Test
    void readsSeedTasksByPath() {
        FormatOptions mapped =
                FormatOptions.DEFAULT.withColumns(Map.of("input", "instances.0.input", "output", "instances.0.output"));
        assertThat(shared("instruction/self_instruct/seed_tasks.jsonl", mapped)).hasSize(175);
        assertThat(report.faults()).as(report.summary()).isZero();
    }

    private List<Example> shared(String name, FormatOptions options) {
        try (Rows rows = Rows.open(List.of(Shared.data(name).toString()), ReadOptions.DEFAULT, report)) {
            return new ExampleReader(options, report).readAll(rows);
        }
    }
}

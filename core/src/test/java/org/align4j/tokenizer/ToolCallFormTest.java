package org.align4j.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.align4j.random.CounterRandom;
import org.align4j.tokenizer.ToolCallForm.Call;
import org.junit.jupiter.api.Test;

class ToolCallFormTest {
    private static final Call SUM = new Call("calculator", Map.of("expression", "7 * 8"));

    private static ToolCallForm formOf(String calls) {
        return ToolCallForm.of(ChatTemplate.of("""
                {%- for message in messages -%}
                <|im_start|>{{ message.role }}
                {{ message.content }}
                {%- for call in message.tool_calls or [] -%}
                CALLS
                {%- endfor -%}
                <|im_end|>
                {% endfor -%}
                {%- if add_generation_prompt -%}<|im_start|>assistant
                {% endif -%}""".replace("CALLS", calls), Map.of()));
    }

    @Test
    void tagsOfTheTemplateAreFound() {
        ToolCallForm form = formOf("<tool_call>\n{\"name\": \"{{ call.function.name }}\", \"arguments\":"
                + " {{ call.function.arguments | tojson }}}\n</tool_call>");
        assertThat(form).isEqualTo(ToolCallForm.TAGGED);
        ToolCallForm.Reading reading = form.read(
                "I ask. <tool_call>\n{\"name\": \"calculator\", \"arguments\":"
                        + " {\"expression\": \"7 * 8\"}}\n</tool_call> And <tool_call>{\"name\": \"clock\", \"arguments\": {}}");
        assertThat(reading.calls()).containsExactly(SUM, new Call("clock", Map.of()));
        assertThat(reading.fault()).isEmpty();
    }

    @Test
    void listsBehindAMarkAreFound() {
        ToolCallForm form = formOf("[TOOL_CALLS] [{{ call.function | tojson }}]");
        assertThat(form.mark()).isEqualTo("[TOOL_CALLS]");
        assertThat(form.read("[TOOL_CALLS] [{\"name\": \"calculator\", \"arguments\": {\"expression\": \"7 * 8\"}}]")
                        .calls())
                .containsExactly(SUM);
    }

    @Test
    void otherKeysAndNoMarkAreFound() {
        ToolCallForm form = formOf(
                "{\"name\": \"{{ call.function.name }}\", \"parameters\": {{ call.function.arguments | tojson }}}");
        assertThat(form).isEqualTo(new ToolCallForm("", "name", "parameters"));
        assertThat(form.read(" {\"name\": \"calculator\", \"parameters\": {\"expression\": \"7 * 8\"}}")
                        .calls())
                .containsExactly(SUM);
        assertThat(form.read("It is {\"name\": \"calculator\"}").calls()).isEmpty();
    }

    @Test
    void templatesWithoutToolsGiveTags() {
        assertThat(ToolCallForm.of(ChatTemplate.chatml())).isEqualTo(ToolCallForm.TAGGED);
        ChatTemplate refusing = ChatTemplate.of(
                "{%- if messages[-1].tool_calls -%}{{ raise_exception('no tools') }}{%- endif -%}", Map.of());
        assertThat(ToolCallForm.of(refusing)).isEqualTo(ToolCallForm.TAGGED);
    }

    @Test
    void callsThatCannotBeReadAreFaults() {
        for (String broken : List.of(
                "<tool_call>",
                "<tool_call>{\"name\": ",
                "<tool_call>calculator(1)",
                "<tool_call>{\"arguments\": {}}",
                "<tool_call>{\"name\": \"a\", \"arguments\": 3}",
                "<tool_call>{\"name\": \"a\", \"arguments\": \"{\"}",
                "<tool_call>[1]")) {
            ToolCallForm.Reading reading = ToolCallForm.TAGGED.read(broken);
            assertThat(reading.calls()).as(broken).isEmpty();
            assertThat(reading.fault()).as(broken).isPresent();
        }
        assertThat(ToolCallForm.TAGGED.read("The answer is 5."))
                .isEqualTo(new ToolCallForm.Reading(List.of(), java.util.Optional.empty()));
    }

    @Test
    void argumentsMayBeTextThatHoldsAnObject() {
        Call call = ToolCallForm.TAGGED
                .read("<tool_call>{\"name\": \"a\", \"arguments\": \"{\\\"x\\\": 2, \\\"y\\\": null}\"}")
                .calls()
                .getFirst();
        assertThat(call.argument("x")).contains("2");
        assertThat(call.argument("y")).isEmpty();
    }

    @Test
    void noTextMakesItThrow() {
        CounterRandom random = CounterRandom.of(1, "calls");
        List<String> pieces = List.of(
                "<tool_call>", "{", "}", "[", "]", "\"name\"", ":", "\"arguments\"", ",", "1", "\"", "x", "\\", " ");
        for (int i = 0; i < 5000; i++) {
            StringBuilder text = new StringBuilder();
            for (int j = 0; j < random.below(20, i); j++) {
                text.append(pieces.get((int) random.below(pieces.size(), i, j)));
            }
            assertThat(ToolCallForm.TAGGED.read(text.toString()).calls()).hasSizeLessThan(20);
        }
        assertThat(ToolCallForm.TAGGED.read("<tool_call>" + "[".repeat(20_000)).fault())
                .isPresent();
    }
}

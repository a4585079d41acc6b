package org.align4j.rl.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.align4j.data.Conversation;
import org.align4j.data.Message;
import org.align4j.data.encode.ChatRenderer;
import org.align4j.error.AlignException;
import org.align4j.testing.TinyModelFolder;
import org.align4j.tokenizer.ChatTemplate;
import org.align4j.tokenizer.TinyTokenizer;
import org.align4j.tokenizer.Tokenizer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private static final Conversation PROMPT = Conversation.of(Message.user("2 + 2?"));
    private static final List<Message> OBSERVATION = List.of(Message.of("tool", "4"));

    private final Tokenizer tokenizer = TinyTokenizer.bytes();

    @AfterEach
    void close() {
        tokenizer.close();
    }

    private String between(String template, int last) {
        ChatRenderer renderer =
                ChatRenderer.of(ChatTemplate.of(template, Map.of()), ChatTemplate.Options.conversation());
        return tokenizer.decode(new Turns(renderer, tokenizer).between(PROMPT, last, OBSERVATION), false);
    }

    private int end() {
        return tokenizer.id("</s>").orElseThrow();
    }

    @Test
    void anEndThatWasDrawnIsNotRepeated() {
        String told = "<s>tool\n4</s><s>assistant\n";
        assertThat(between(TinyModelFolder.TEMPLATE, end())).isEqualTo(told);
        assertThat(between(TinyModelFolder.TEMPLATE, 'x'))
                .as("a turn that a stop string ended")
                .isEqualTo("</s>" + told);
    }

    @Test
    void whatFollowsTheEndOfATurnIsAdded() {
        String lines = "{%- for m in messages -%}{{ '<s>' + m.role + '\\n' + m.content + '</s>\\n' }}{%- endfor -%}"
                + "{%- if add_generation_prompt -%}{{ '<s>assistant\\n' }}{%- endif -%}";
        assertThat(between(lines, end())).isEqualTo("\n<s>tool\n4</s>\n<s>assistant\n");
    }

    @Test
    void templatesThatWriteEarlierTurnsAnewAreRefused() {
        String last = "{%- for m in messages -%}{%- if loop.last or m.role == 'assistant' and loop.index == 1 -%}"
                + "{{ m.content }}{%- endif -%}{%- endfor -%}";
        assertThatThrownBy(() -> between(last, end()))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageContaining("writes turns before an observation anew");
    }
}

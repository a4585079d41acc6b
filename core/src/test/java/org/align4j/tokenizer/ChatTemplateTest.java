package org.align4j.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import org.align4j.error.AlignException;
import org.align4j.tokenizer.ChatTemplate.Options;
import org.align4j.tokenizer.template.Rendered;
import org.junit.jupiter.api.Test;

class ChatTemplateTest {
    private static final List<Map<String, Object>> CONVERSATION =
            List.of(Map.of("role", "user", "content", "Hi"), Map.of("role", "assistant", "content", "Hello 😀"));

    @Test
    void chatmlMarksTheAssistantsTurnsWithTheirEnd() {
        Rendered rendered = ChatTemplate.chatml().render(CONVERSATION, Options.conversation());
        assertThat(rendered.text())
                .isEqualTo("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello 😀<|im_end|>\n");
        assertThat(rendered.generation())
                .extracting(span -> rendered.text().substring(span.start(), span.end()))
                .containsExactly("Hello 😀<|im_end|>");
    }

    @Test
    void aPromptEndsWhereTheAssistantBegins() {
        Rendered rendered = ChatTemplate.chatml().render(CONVERSATION.subList(0, 1), Options.prompt());
        assertThat(rendered.text()).isEqualTo("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");
        assertThat(rendered.generation()).isEmpty();
    }

    @Test
    void givesTheTemplateTokensToolsDocumentsAndVariables() {
        ChatTemplate template = ChatTemplate.of(
                "{{ bos_token }}{{ pad_token }}{{ tools|length }}{{ documents[0].text }}{{ style }}",
                Map.of("bos_token", "<s>"));
        Options options = Options.conversation()
                .withTools(List.of(Map.of("name", "f")))
                .withDocuments(List.of(Map.of("text", "d")))
                .withVariables(Map.of("style", "short"));
        assertThat(template.render(CONVERSATION, options).text()).isEqualTo("<s>1dshort");
    }

    @Test
    void toolsLeftOutAreNone() {
        ChatTemplate template = ChatTemplate.of("{{ tools is none }}{{ documents is none }}", Map.of());
        assertThat(template.render(CONVERSATION, Options.conversation()).text()).isEqualTo("TrueTrue");
    }

    @Test
    void writesTheDateItIsGiven() {
        ChatTemplate template = ChatTemplate.of("{{ strftime_now('%d %b %Y') }}", Map.of());
        Options options = Options.prompt().withNow(LocalDateTime.of(2024, 7, 26, 0, 0));
        assertThat(template.render(CONVERSATION, options).text()).isEqualTo("26 Jul 2024");
    }

    @Test
    void tellsWhetherTheTemplateMarksGeneration() {
        assertThat(ChatTemplate.chatml().hasGenerationSpans()).isTrue();
        assertThat(ChatTemplate.of("{{ 'generation' }}", Map.of()).hasGenerationSpans())
                .isFalse();
    }

    @Test
    void takesTheDefaultOfNamedTemplates() {
        Map<String, Object> config = Map.of(
                "eos_token",
                Map.of("content", "</s>"),
                "chat_template",
                List.of(
                        Map.of("name", "tool_use", "template", "tools"),
                        Map.of("name", "default", "template", "x{{ eos_token }}")));
        ChatTemplate template = ChatTemplate.fromTokenizerConfig(config).orElseThrow();
        assertThat(template.render(CONVERSATION, Options.conversation()).text()).isEqualTo("x</s>");
        assertThat(ChatTemplate.fromTokenizerConfig(Map.of())).isEmpty();
    }

    @Test
    void namesTheTemplatesWhereNoneIsTheDefault() {
        Map<String, Object> config = Map.of("chat_template", List.of(Map.of("name", "rag", "template", "x")));
        assertThatThrownBy(() -> ChatTemplate.fromTokenizerConfig(config))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageContaining("[rag]");
    }

    @Test
    void refusesConversationsWithoutMessagesOrRoles() {
        assertThatThrownBy(() -> ChatTemplate.chatml().render(List.of(), Options.prompt()))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("no messages");
        List<Map<String, Object>> nobody = List.of(CONVERSATION.getFirst(), Map.of("content", "?"));
        assertThatThrownBy(() -> ChatTemplate.chatml().render(nobody, Options.prompt()))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("message 2: no \"role\"");
    }

    @Test
    void refusesVariablesThatHideItsOwn() {
        assertThatThrownBy(() -> Options.prompt().withVariables(Map.of("messages", List.of())))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("\"messages\"");
    }
}

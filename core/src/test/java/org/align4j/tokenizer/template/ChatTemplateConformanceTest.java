package org.align4j.tokenizer.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.align4j.error.AlignException;
import org.align4j.testing.Shared;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Real chat templates and snippets, against what jinja2 in the setting of `transformers` makes of
/// them.
class ChatTemplateConformanceTest {
    private static final JsonMapper JSON = new JsonMapper();

    /// When the expected renderings were made.
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 11, 22, 13, 5, 9);

    @TestFactory
    Stream<DynamicTest> rendersRealTemplatesAsTheReferenceDoes() throws IOException {
        Path folder = Shared.data("conformance/chat_templates");
        JsonNode cases = JSON.readTree(folder.resolve("cases.json"));
        return Files.readAllLines(folder.resolve("expected.jsonl")).stream()
                .map(JSON::readTree)
                .map(expected -> {
                    String template = expected.get("template").asString();
                    String name = expected.get("case").asString();
                    return DynamicTest.dynamicTest(
                            template + "/" + name,
                            () -> check(
                                    Files.readString(folder.resolve("templates").resolve(template)),
                                    variables(cases.get(name)),
                                    expected.path("output"),
                                    expected.path("error"),
                                    expected.path("assistant_spans")));
                });
    }

    @TestFactory
    Stream<DynamicTest> rendersSnippetsAsTheReferenceDoes() throws IOException {
        JsonNode file = JSON.readTree(Shared.data("conformance/chat_templates/snippets.json"));
        Map<String, Object> variables = plain(file.get("ctx"));
        return file.get("tests").valueStream().map(snippet -> {
            String source = snippet.get("s").asString();
            return DynamicTest.dynamicTest(
                    source,
                    () -> check(source, variables, snippet.path("out"), snippet.path("err"), JSON.createArrayNode()));
        });
    }

    private static Map<String, Object> variables(JsonNode conversation) {
        Map<String, Object> variables = plain(conversation);
        variables.putIfAbsent("tools", null);
        variables.putIfAbsent("documents", null);
        variables.put("bos_token", "<s>");
        variables.put("eos_token", "</s>");
        variables.put("pad_token", "<pad>");
        variables.put("unk_token", "<unk>");
        return variables;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> plain(JsonNode node) {
        return JSON.convertValue(node, LinkedHashMap.class);
    }

    private static void check(
            String source, Map<String, Object> variables, JsonNode output, JsonNode error, JsonNode spans) {
        if (!error.isMissingNode()) {
            // "UndefinedError: 'x' is undefined": the type is Python's, the rest must be told
            String reason = error.asString().replaceFirst("^\\w+: ", "");
            assertThatThrownBy(() -> Template.parse(source).render(variables, Optional.of(NOW)))
                    .isInstanceOf(AlignException.Model.class)
                    .hasMessageContaining(reason);
            return;
        }
        Rendered rendered = Template.parse(source).render(variables, Optional.of(NOW));
        assertThat(rendered.text()).isEqualTo(output.asString());
        if (!spans.isEmpty()) {
            List<List<Integer>> expected = spans.valueStream()
                    .map(span -> List.of(span.get(0).asInt(), span.get(1).asInt()))
                    .toList();
            assertThat(rendered.generation().stream().map(span -> codePoints(rendered.text(), span)))
                    .containsExactlyElementsOf(expected);
        }
    }

    /// The reference counts code points.
    private static List<Integer> codePoints(String text, Span span) {
        return List.of(text.codePointCount(0, span.start()), text.codePointCount(0, span.end()));
    }
}

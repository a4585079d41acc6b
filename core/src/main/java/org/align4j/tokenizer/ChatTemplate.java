package org.align4j.tokenizer;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;
import org.align4j.tokenizer.template.Rendered;
import org.align4j.tokenizer.template.Template;
import org.jspecify.annotations.Nullable;

/// Turns a conversation into the text that a model was trained on.
///
/// Immutable; may be used by several threads at once.
public final class ChatTemplate {
    /// ChatML, in which turns end with a token that the model learns to write.
    private static final String CHATML = """
            {%- for message in messages %}
            {{- '<|im_start|>' + message.role + '\\n' }}
            {%- if message.role == 'assistant' %}
            {%- generation %}
            {{- message.content + '<|im_end|>' }}
            {%- endgeneration %}
            {%- else %}
            {{- message.content + '<|im_end|>' }}
            {%- endif %}
            {{- '\\n' }}
            {%- endfor %}
            {%- if add_generation_prompt %}
            {{- '<|im_start|>assistant\\n' }}
            {%- endif %}
            """;

    private static final Set<String> RESERVED = Set.of("messages", "tools", "documents", "add_generation_prompt");

    private final String source;
    private final Map<String, String> specialTokens;
    private final Template template;

    private ChatTemplate(String source, Map<String, String> specialTokens) {
        this.source = source;
        this.specialTokens = Map.copyOf(specialTokens);
        this.template = Template.parse(source);
    }

    /// Compiles a template.
    ///
    /// @param specialTokens what `bos_token`, `eos_token` and the like stand for; those left out
    ///     print as nothing
    /// @throws AlignException.Model with the line, where the source is not a template
    public static ChatTemplate of(String source, Map<String, String> specialTokens) {
        return new ChatTemplate(source, specialTokens);
    }

    /// The template for models that have none: ChatML, `<|im_start|>role`, a newline, the content,
    /// `<|im_end|>` and a newline each turn. What an assistant says is marked as generated, with
    /// its `<|im_end|>`.
    public static ChatTemplate chatml() {
        return new ChatTemplate(CHATML, Map.of());
    }

    /// The template of a `tokenizer_config.json`, with its special tokens; none where the file has
    /// no template. Of several named ones it is the one called `default`.
    ///
    /// @param config the file's content as plain maps and lists
    /// @throws AlignException.Model where the template is not in a known form or does not compile
    public static Optional<ChatTemplate> fromTokenizerConfig(Map<String, ? extends @Nullable Object> config) {
        return source(config.get("chat_template")).map(source -> new ChatTemplate(source, specialTokens(config)));
    }

    private static Optional<String> source(@Nullable Object value) {
        return switch (value) {
            case null -> Optional.empty();
            case String source -> Optional.of(source);
            case List<?> list -> Optional.of(defaultOf(list));
            default ->
                throw new AlignException.Model(
                        "tokenizer_config.json: \"chat_template\" is neither a text nor a list of named templates; give"
                                + " one of the two");
        };
    }

    private static String defaultOf(List<?> named) {
        List<String> names = new ArrayList<>();
        for (Object entry : named) {
            if (!(entry instanceof Map<?, ?> map
                    && map.get("name") instanceof String name
                    && map.get("template") instanceof String source)) {
                throw new AlignException.Model(
                        "tokenizer_config.json: an entry of \"chat_template\" has no \"name\" and"
                                + " \"template\"; give both");
            }
            if (name.equals("default")) {
                return source;
            }
            names.add(name);
        }
        throw new AlignException.Model("tokenizer_config.json: none of the chat templates " + names
                + " is called \"default\"; name the one to use so");
    }

    /// All keys such as `bos_token`, as text or as an object with its text as `content`.
    private static Map<String, String> specialTokens(Map<String, ? extends @Nullable Object> config) {
        Map<String, String> tokens = new LinkedHashMap<>();
        config.forEach((key, value) -> {
            Object text = value instanceof Map<?, ?> token ? token.get("content") : value;
            if (key.endsWith("_token") && text instanceof String token) {
                tokens.put(key, token);
            }
        });
        return tokens;
    }

    /// What a template gets beside the messages.
    ///
    /// @param addGenerationPrompt whether the text ends where the assistant's next turn begins
    /// @param tools JSON schemas of functions that the model may call, as plain maps
    /// @param documents texts that the model may cite, as plain maps
    /// @param variables whatever else the template knows, such as `enable_thinking`
    /// @param now the date and time for templates that write it. Left out, `strftime_now` is not
    ///     defined and such templates write their own fixed date or fail: results hold no clock
    ///     unless asked for
    public record Options(
            boolean addGenerationPrompt,
            Optional<List<Map<String, Object>>> tools,
            Optional<List<Map<String, Object>>> documents,
            Map<String, Object> variables,
            Optional<LocalDateTime> now) {
        public Options {
            for (String name : variables.keySet()) {
                if (RESERVED.contains(name)) {
                    throw new AlignException.Config(
                            "template variable \"" + name + "\" is set by its own option; use that");
                }
            }
        }

        /// For training: whole conversations.
        public static Options conversation() {
            return new Options(false, Optional.empty(), Optional.empty(), Map.of(), Optional.empty());
        }

        /// For generation: the text ends where the assistant's turn begins.
        public static Options prompt() {
            return conversation().withGenerationPrompt(true);
        }

        public Options withGenerationPrompt(boolean wanted) {
            return new Options(wanted, tools, documents, variables, now);
        }

        public Options withTools(List<Map<String, Object>> schemas) {
            return new Options(addGenerationPrompt, Optional.of(schemas), documents, variables, now);
        }

        public Options withDocuments(List<Map<String, Object>> texts) {
            return new Options(addGenerationPrompt, tools, Optional.of(texts), variables, now);
        }

        public Options withVariables(Map<String, Object> more) {
            return new Options(addGenerationPrompt, tools, documents, more, now);
        }

        public Options withNow(LocalDateTime time) {
            return new Options(addGenerationPrompt, tools, documents, variables, Optional.of(time));
        }
    }

    /// The conversation's text, with the places of what the model would have generated where the
    /// template marks them.
    ///
    /// @param messages each with a `role` and mostly `content`, in the form of
    ///     `tokenizer.apply_chat_template`
    /// @throws AlignException.Data where there is no message or one without a role
    /// @throws AlignException.Model where the template fails on the messages or refuses them
    public Rendered render(List<? extends Map<String, ? extends @Nullable Object>> messages, Options options) {
        check(messages);
        Map<String, @Nullable Object> variables = new LinkedHashMap<>(specialTokens);
        variables.putAll(options.variables());
        variables.put("messages", messages);
        // Null, not left out: templates ask whether they are none
        variables.put("tools", options.tools().orElse(null));
        variables.put("documents", options.documents().orElse(null));
        variables.put("add_generation_prompt", options.addGenerationPrompt());
        return template.render(variables, options.now());
    }

    private static void check(List<? extends Map<String, ? extends @Nullable Object>> messages) {
        if (messages.isEmpty()) {
            throw new AlignException.Data("conversation: no messages; give at least one");
        }
        Problems problems = new Problems();
        for (int i = 0; i < messages.size(); i++) {
            if (!(messages.get(i).get("role") instanceof String role) || role.isBlank()) {
                problems.add("message " + (i + 1) + ": no \"role\"; say who speaks (user, assistant, system, …)");
            }
        }
        problems.throwIfAny("conversation: a message has no role", AlignException.Data::new);
    }

    /// Whether the template marks what the model generates: without marks a trainer must find the
    /// assistant's turns by other means.
    public boolean hasGenerationSpans() {
        return template.hasGenerationBlocks();
    }

    /// The template as it was given, for saving with a model.
    public String source() {
        return source;
    }

    /// What `bos_token`, `eos_token` and the like stand for in this template.
    public Map<String, String> specialTokens() {
        return specialTokens;
    }
}

package org.align4j.tokenizer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.align4j.error.AlignException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/// How a chat template writes calls of tools, and the way back: the calls in what a model said.
/// Calls are JSON objects with a name and arguments, mostly behind a mark such as `<tool_call>`.
///
/// @param mark before a call, or before a list of calls; empty: what is said is nothing but calls
/// @param nameKey of the object's name
/// @param argumentsKey of the object's arguments
public record ToolCallForm(String mark, String nameKey, String argumentsKey) {
    /// `<tool_call>{"name": …, "arguments": …}</tool_call>`, for templates that know no tools.
    public static final ToolCallForm TAGGED = new ToolCallForm("<tool_call>", "name", "arguments");

    private static final ObjectReader ONE_VALUE =
            JsonMapper.shared().reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    /// Names that no template writes by itself.
    private static final String PROBE_NAME = "probed_tool";

    private static final String PROBE_KEY = "probed_key";

    /// A call of a tool.
    public record Call(String name, Map<String, @Nullable Object> arguments) {
        public Call {
            arguments = new LinkedHashMap<>(arguments);
        }

        /// An argument as text, absent where it isn't there or null.
        public Optional<String> argument(String key) {
            return Optional.ofNullable(arguments.get(key)).map(String::valueOf);
        }
    }

    /// What a model said, read for calls.
    ///
    /// @param calls in their order
    /// @param fault what is wrong with a call that can't be read; absent where all can
    public record Reading(List<Call> calls, Optional<String> fault) {
        public Reading {
            calls = List.copyOf(calls);
        }
    }

    /// The form in which a template writes the calls of an assistant's turn. A template that
    /// doesn't write them gives [#TAGGED].
    public static ToolCallForm of(ChatTemplate template) {
        Map<String, Object> question = Map.of("role", "user", "content", "?");
        Map<String, Object> arguments = Map.of(PROBE_KEY, "1");
        Map<String, Object> function = Map.of("name", PROBE_NAME, "arguments", arguments);
        Map<String, Object> calling = Map.of(
                "role", "assistant",
                "content", "",
                "tool_calls", List.of(Map.of("id", "call00001", "type", "function", "function", function)));
        try {
            String asked = template.render(List.of(question), ChatTemplate.Options.prompt())
                    .text();
            String called = template.render(List.of(question, calling), ChatTemplate.Options.conversation())
                    .text();
            int from = called.startsWith(asked) ? asked.length() : commonStart(asked, called);
            return ofRendered(called.substring(from)).orElse(TAGGED);
        } catch (AlignException e) {
            // a template that refuses tools doesn't say how they are called
            return TAGGED;
        }
    }

    private static int commonStart(String a, String b) {
        int at = 0;
        while (at < Math.min(a.length(), b.length()) && a.charAt(at) == b.charAt(at)) {
            at++;
        }
        return at;
    }

    /// The first object in a rendered turn that has the probe's name and arguments.
    private static Optional<ToolCallForm> ofRendered(String turn) {
        for (int open = turn.indexOf('{'); open >= 0; open = turn.indexOf('{', open + 1)) {
            Optional<String> nameKey =
                    keyOf(turn.substring(open), value -> value.asString("").equals(PROBE_NAME));
            Optional<String> argumentsKey = keyOf(
                    turn.substring(open),
                    value -> value.has(PROBE_KEY) || value.asString("").contains(PROBE_KEY));
            if (nameKey.isPresent() && argumentsKey.isPresent()) {
                String before = turn.substring(0, open).strip();
                String mark = before.endsWith("[")
                        ? before.substring(0, before.length() - 1).strip()
                        : before;
                return Optional.of(new ToolCallForm(mark, nameKey.get(), argumentsKey.get()));
            }
        }
        return Optional.empty();
    }

    /// The key of the first value of this kind in the object that a text begins with.
    private static Optional<String> keyOf(String text, Predicate<JsonNode> kind) {
        try {
            return ONE_VALUE
                    .readTree(text)
                    .propertyStream()
                    .filter(property -> kind.test(property.getValue()))
                    .map(Map.Entry::getKey)
                    .findFirst();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /// The calls in what a model said. No text makes it throw.
    public Reading read(String said) {
        List<Call> calls = new ArrayList<>();
        Optional<String> fault = Optional.empty();
        if (mark.isEmpty()) {
            String stripped = said.strip();
            return stripped.startsWith("{") || stripped.startsWith("[")
                    ? new Reading(calls, add(stripped, calls))
                    : new Reading(calls, fault);
        }
        for (int at = said.indexOf(mark); at >= 0; at = said.indexOf(mark, at + mark.length())) {
            Optional<String> wrong = add(said.substring(at + mark.length()).strip(), calls);
            fault = fault.or(() -> wrong);
        }
        return new Reading(calls, fault);
    }

    /// Adds the call, or the list of calls, that a text begins with.
    ///
    /// @return what is wrong with it
    private Optional<String> add(String text, List<Call> calls) {
        try {
            JsonNode value = ONE_VALUE.readTree(text);
            List<JsonNode> objects = value.isArray() ? value.valueStream().toList() : List.of(value);
            for (JsonNode object : objects) {
                String name = object.path(nameKey).asString("");
                Optional<Map<String, @Nullable Object>> arguments = arguments(object.path(argumentsKey));
                if (name.isEmpty() || arguments.isEmpty()) {
                    return Optional.of("a call needs \"" + nameKey + "\" and \"" + argumentsKey + "\"");
                }
                calls.add(new Call(name, arguments.get()));
            }
            return Optional.empty();
        } catch (JacksonException e) {
            return Optional.of("a call is no JSON");
        }
    }

    /// Arguments are an object, or one written as text.
    private static Optional<Map<String, @Nullable Object>> arguments(JsonNode node) {
        JsonNode object = node.isString() ? ONE_VALUE.readTree(node.asString()) : node;
        if (!object.isObject()) {
            return Optional.empty();
        }
        Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
        object.propertyStream().forEach(property -> arguments.put(property.getKey(), plain(property.getValue())));
        return Optional.of(arguments);
    }

    private static @Nullable Object plain(JsonNode value) {
        return value.isNull()
                ? null
                : value.isString() ? value.asString() : JsonMapper.shared().treeToValue(value, Object.class);
    }
}

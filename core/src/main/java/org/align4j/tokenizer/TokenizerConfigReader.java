package org.align4j.tokenizer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.align4j.error.AlignException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Reads what a Hugging Face directory says about its tokenizer besides the vocabulary. All files
/// are optional:
///
/// - `tokenizer_config.json`, then `special_tokens_map.json`: BOS, EOS, padding, unknown
/// - `generation_config.json` and `config.json`: `eos_token_id`, a number or several
/// - `chat_template.jinja`, `additional_chat_templates/*.jinja`, `chat_template.json`, then
///   `chat_template` in `tokenizer_config.json`, a source or a list of named ones
final class TokenizerConfigReader {
    private static final String TEMPLATE_KEY = "chat_template";
    private static final String JINJA = ".jinja";

    private TokenizerConfigReader() {}

    static TokenizerConfig read(Path directory) {
        ObjectNode config = object(directory.resolve("tokenizer_config.json"));
        ObjectNode map = object(directory.resolve("special_tokens_map.json"));
        Set<Integer> eosIds = new LinkedHashSet<>();
        for (String file : List.of("generation_config.json", "config.json")) {
            eosIds.addAll(eosIds(object(directory.resolve(file)), directory.resolve(file)));
        }
        return new TokenizerConfig(
                special("bos_token", config, map),
                special("eos_token", config, map),
                special("pad_token", config, map),
                special("unk_token", config, map),
                eosIds,
                templates(directory, config),
                fields(config));
    }

    private static ObjectNode object(Path file) {
        if (!Files.exists(file)) {
            return JsonMapper.shared().createObjectNode();
        }
        if (TokenizerDirectory.tree(file) instanceof ObjectNode node) {
            return node;
        }
        throw new AlignException.Model(file + ": is not a JSON object; fetch the file again");
    }

    /// A token is a string or an object with its `content`.
    private static Optional<String> special(String name, ObjectNode... sources) {
        for (ObjectNode source : sources) {
            JsonNode token = source.path(name);
            JsonNode text = token.isObject() ? token.path("content") : token;
            if (text.isString()) {
                return Optional.of(text.asString());
            }
        }
        return Optional.empty();
    }

    private static Set<Integer> eosIds(ObjectNode config, Path file) {
        // Models that see and hear keep the text model's settings one level down.
        JsonNode value = config.has("eos_token_id")
                ? config.path("eos_token_id")
                : config.path("text_config").path("eos_token_id");
        Set<Integer> ids = new LinkedHashSet<>();
        for (JsonNode id : value.isArray() ? value : List.of(value)) {
            if (id.isInt()) {
                ids.add(id.asInt());
            } else if (!id.isMissingNode() && !id.isNull()) {
                throw new AlignException.Model(
                        file + ": eos_token_id is " + id + "; expected a number or a list of numbers");
            }
        }
        return ids;
    }

    private static Map<String, String> templates(Path directory, ObjectNode config) {
        Map<String, String> templates = new LinkedHashMap<>();
        addTemplates(config.path(TEMPLATE_KEY), templates);
        Path json = directory.resolve("chat_template.json");
        addTemplates(object(json).path(TEMPLATE_KEY), templates);
        Path jinja = directory.resolve("chat_template.jinja");
        if (Files.exists(jinja)) {
            templates.put(TokenizerConfig.DEFAULT_TEMPLATE, source(jinja));
        }
        Path others = directory.resolve("additional_chat_templates");
        if (Files.isDirectory(others)) {
            try (Stream<Path> files = Files.list(others)) {
                files.filter(file -> file.toString().endsWith(JINJA)).sorted().forEach(file -> {
                    String name = file.getFileName().toString();
                    templates.put(name.substring(0, name.length() - JINJA.length()), source(file));
                });
            } catch (IOException e) {
                throw new AlignException.Model(others + ": cannot be listed (" + e + "); check its rights", e);
            }
        }
        return templates;
    }

    private static void addTemplates(JsonNode value, Map<String, String> templates) {
        if (value.isString()) {
            templates.put(TokenizerConfig.DEFAULT_TEMPLATE, value.asString());
        } else if (value.isArray()) {
            for (JsonNode named : value) {
                templates.put(
                        named.path("name").asString(""), named.path("template").asString(""));
            }
        } else if (value.isObject()) {
            value.properties()
                    .forEach(named ->
                            templates.put(named.getKey(), named.getValue().asString("")));
        }
    }

    private static String source(Path file) {
        return new String(TokenizerDirectory.bytes(file), StandardCharsets.UTF_8);
    }

    private static Map<String, Object> fields(ObjectNode config) {
        ObjectNode rest = config.deepCopy();
        rest.remove(TEMPLATE_KEY);
        return TokenizerJson.MAPPER.convertValue(rest, new TypeReference<LinkedHashMap<String, Object>>() {});
    }
}

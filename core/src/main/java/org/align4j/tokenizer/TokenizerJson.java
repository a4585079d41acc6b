package org.align4j.tokenizer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.align4j.error.AlignException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What this package needs to know of a `tokenizer.json`: its vocabulary and whether it adds a
/// space or knows bytes. The tokens themselves are made by the Rust library, which reads the same
/// bytes.
///
/// @param vocabulary tokens of the model and added tokens
/// @param prefixSpace when a space is put before a text
/// @param byteFallback whether runs of byte tokens decode together
record TokenizerJson(Vocabulary vocabulary, PrefixSpace prefixSpace, boolean byteFallback) {
    static final JsonMapper MAPPER = JsonMapper.builder().build();

    /// When a tokenizer puts a space before a text.
    enum PrefixSpace {
        NEVER,
        /// Before the text only.
        FIRST,
        /// Before the text and after every added token in it.
        ALWAYS
    }

    /// Reads the bytes of a `tokenizer.json`; merges are passed over.
    ///
    /// @param place what the messages call it
    static TokenizerJson read(byte[] json, String place) {
        try (JsonParser parser = MAPPER.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new AlignException.Model(place + ": not a JSON object; give a Hugging Face tokenizer.json");
            }
            Vocabulary vocabulary = new Vocabulary(1 << 16);
            Map<String, JsonNode> parts = new LinkedHashMap<>();
            boolean hasModel = false;
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (name.equals("model")) {
                    hasModel = true;
                    readModel(parser, vocabulary);
                } else {
                    JsonNode part = parser.readValueAsTree();
                    parts.put(name, part);
                }
            }
            if (!hasModel) {
                throw new AlignException.Model(place + ": has no \"model\"; give a Hugging Face tokenizer.json");
            }
            for (JsonNode token : part(parts, "added_tokens")) {
                vocabulary.putAdded(
                        token.path("content").asString(""),
                        token.path("id").asInt(-1),
                        token.path("special").asBoolean(false));
            }
            return new TokenizerJson(
                    vocabulary,
                    prefixSpace(part(parts, "normalizer"), part(parts, "pre_tokenizer")),
                    types(part(parts, "decoder")).contains("ByteFallback"));
        } catch (JacksonException e) {
            throw new AlignException.Model(
                    place + ": broken JSON (" + e.getOriginalMessage() + "); fetch the file again", e);
        }
    }

    /// The same tokenizer without the space before a text: for text that goes on where other text
    /// ended.
    static byte[] withoutPrefixSpace(byte[] json) {
        ObjectNode root = (ObjectNode) MAPPER.readTree(json);
        for (ObjectNode step : steps(root.path("normalizer"))) {
            if (isPrepend(step)) {
                step.put("prepend", "");
            }
        }
        for (ObjectNode step : steps(root.path("pre_tokenizer"))) {
            if (step.has("add_prefix_space")) {
                step.put("add_prefix_space", false);
            }
            if (step.path("type").asString("").equals("Metaspace")) {
                step.put("prepend_scheme", "never");
            }
        }
        return MAPPER.writeValueAsBytes(root);
    }

    private static JsonNode part(Map<String, JsonNode> parts, String name) {
        JsonNode part = parts.get(name);
        return part == null ? MAPPER.nullNode() : part;
    }

    private static void readModel(JsonParser parser, Vocabulary vocabulary) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (!name.equals("vocab")) {
                parser.skipChildren();
            } else if (value == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    String token = parser.currentName();
                    parser.nextToken();
                    vocabulary.put(token, parser.getIntValue());
                }
            } else {
                // Unigram: pairs of token and score, in the order of their ids.
                int id = 0;
                while (parser.nextToken() == JsonToken.START_ARRAY) {
                    parser.nextToken();
                    vocabulary.put(parser.getString(), id++);
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        parser.skipChildren();
                    }
                }
            }
        }
    }

    private static PrefixSpace prefixSpace(JsonNode normalizer, JsonNode preTokenizer) {
        for (ObjectNode step : steps(normalizer)) {
            if (isPrepend(step)) {
                return PrefixSpace.ALWAYS;
            }
        }
        for (ObjectNode step : steps(preTokenizer)) {
            if (step.path("type").asString("").equals("Metaspace")) {
                String scheme = step.path("prepend_scheme")
                        .asString(step.path("add_prefix_space").asBoolean(true) ? "always" : "never");
                if (!scheme.equals("never")) {
                    return scheme.equals("first") ? PrefixSpace.FIRST : PrefixSpace.ALWAYS;
                }
            } else if (step.path("add_prefix_space").asBoolean(false)) {
                return PrefixSpace.ALWAYS;
            }
        }
        return PrefixSpace.NEVER;
    }

    private static boolean isPrepend(ObjectNode step) {
        return step.path("type").asString("").equals("Prepend")
                && !step.path("prepend").asString("").isEmpty();
    }

    private static List<String> types(@Nullable JsonNode part) {
        return steps(part).stream().map(step -> step.path("type").asString("")).toList();
    }

    /// A part and, where it is a sequence, what it consists of.
    private static List<ObjectNode> steps(@Nullable JsonNode part) {
        List<ObjectNode> steps = new ArrayList<>();
        if (part instanceof ObjectNode node) {
            steps.add(node);
            for (String children : List.of("normalizers", "pretokenizers", "decoders")) {
                for (JsonNode child : node.path(children)) {
                    steps.addAll(steps(child));
                }
            }
        }
        return steps;
    }
}

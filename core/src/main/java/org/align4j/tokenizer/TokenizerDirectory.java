package org.align4j.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.align4j.error.AlignException;
import tools.jackson.databind.JsonNode;

/// A Hugging Face directory as far as its tokenizer goes.
///
/// The vocabulary comes from the first of `tokenizer.json`, `tokenizer.model` (SentencePiece) and
/// `vocab.json` with `merges.txt`; what goes with it from the files that [TokenizerConfigReader]
/// names.
final class TokenizerDirectory {
    private static final String JSON = "tokenizer.json";
    private static final String CONFIG = "tokenizer_config.json";

    private TokenizerDirectory() {}

    static Tokenizer load(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new AlignException.Model(directory + ": is not a directory; give a Hugging Face model directory");
        }
        Path json = directory.resolve(JSON);
        Path sentencePiece = directory.resolve("tokenizer.model");
        Path vocabulary = directory.resolve("vocab.json");
        Path merges = directory.resolve("merges.txt");
        TokenizerConfig config = TokenizerConfigReader.read(directory);
        if (Files.exists(json)) {
            return Tokenizer.ofJson(bytes(json), config, json.toString());
        }
        if (Files.exists(sentencePiece)) {
            SentencePieceModel model = SentencePieceModel.read(bytes(sentencePiece), sentencePiece.toString());
            return Tokenizer.ofSentencePiece(model, config, sentencePiece.toString());
        }
        if (Files.exists(vocabulary) && Files.exists(merges)) {
            byte[] converted = ByteLevelConversion.ofFiles(vocabulary, merges, config);
            return Tokenizer.ofJson(converted, config, vocabulary.toString());
        }
        throw new AlignException.Model(directory
                + ": has no tokenizer; expected tokenizer.json, tokenizer.model, or vocab.json with merges.txt");
    }

    static void save(byte[] json, TokenizerConfig config, Path directory) {
        Map<String, Object> fields = new LinkedHashMap<>(config.fields());
        // Whatever the source was, what is written is a tokenizer.json.
        fields.putIfAbsent("tokenizer_class", "PreTrainedTokenizerFast");
        fields.putAll(config.specialTokens());
        if (!config.chatTemplates().isEmpty()) {
            fields.put("chat_template", templates(config.chatTemplates()));
        }
        try {
            Files.createDirectories(directory);
            Files.write(directory.resolve(JSON), json);
            Files.write(
                    directory.resolve(CONFIG),
                    TokenizerJson.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(fields));
        } catch (IOException e) {
            throw new AlignException.Checkpoint(
                    directory + ": the tokenizer cannot be written (" + e + "); check space and rights", e);
        }
    }

    /// One template is written as a string, several as a list of names and sources.
    private static Object templates(Map<String, String> templates) {
        String only = templates.size() == 1 ? templates.get(TokenizerConfig.DEFAULT_TEMPLATE) : null;
        if (only != null) {
            return only;
        }
        return templates.entrySet().stream()
                .map(entry -> Map.of("name", entry.getKey(), "template", entry.getValue()))
                .toList();
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new AlignException.Model(file + ": cannot be read (" + e + "); check the path and its rights", e);
        }
    }

    static JsonNode tree(Path file) {
        try {
            return TokenizerJson.MAPPER.readTree(bytes(file));
        } catch (tools.jackson.core.JacksonException e) {
            throw new AlignException.Model(
                    file + ": broken JSON (" + e.getOriginalMessage() + "); fetch the file again", e);
        }
    }
}

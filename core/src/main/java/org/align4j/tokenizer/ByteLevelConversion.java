package org.align4j.tokenizer;

import static org.align4j.tokenizer.TokenizerSpec.step;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.error.AlignException;
import org.align4j.tokenizer.TokenizerSpec.AddedToken;
import org.align4j.tokenizer.TokenizerSpec.Bpe;
import org.align4j.tokenizer.TokenizerSpec.Merge;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Byte-level BPE, as GPT-2 has it, from lists of tokens and merges.
final class ByteLevelConversion {
    private ByteLevelConversion() {}

    /// @param tokens by id, in the byte-level alphabet
    /// @param added tokens recognised in the text first
    /// @param prefix tokens put before every text
    /// @param suffix tokens put after every text
    static TokenizerSpec convert(
            List<String> tokens,
            List<Merge> merges,
            List<AddedToken> added,
            PreTokenizer preTokenizer,
            List<AddedToken> prefix,
            List<AddedToken> suffix) {
        List<Map<String, Object>> decoder =
                List.of(step("ByteLevel", "add_prefix_space", true, "trim_offsets", true, "use_regex", true));
        return new TokenizerSpec(
                added,
                List.of(),
                preTokenizer.steps(),
                prefix,
                suffix,
                decoder,
                new Bpe(tokens, merges, Optional.empty(), false, preTokenizer.ignoreMerges()));
    }

    /// GPT-2's two files. Tokens with a role are special; so are those that
    /// `added_tokens_decoder` of the configuration says are, which may also lie beyond the
    /// vocabulary.
    static byte[] ofFiles(Path vocabulary, Path merges, TokenizerConfig config) {
        if (!(TokenizerDirectory.tree(vocabulary) instanceof ObjectNode ids)) {
            throw new AlignException.Model(vocabulary + ": is not a JSON object of tokens and ids; fetch it again");
        }
        List<AddedToken> added = new ArrayList<>();
        JsonNode declared =
                TokenizerJson.MAPPER.valueToTree(config.fields().getOrDefault("added_tokens_decoder", Map.of()));
        declared.properties()
                .forEach(token -> added.add(new AddedToken(
                        Integer.parseInt(token.getKey()),
                        token.getValue().path("content").asString(""),
                        token.getValue().path("special").asBoolean(false))));
        for (String text : config.specialTokens().values()) {
            JsonNode id = ids.path(text);
            if (id.isInt() && added.stream().noneMatch(token -> token.text().equals(text))) {
                added.add(new AddedToken(id.asInt(), text, true));
            }
        }
        return convert(
                        byId(ids, added, vocabulary),
                        readMerges(merges),
                        added,
                        PreTokenizer.of("gpt-2", vocabulary.toString()),
                        List.of(),
                        List.of())
                .toJson();
    }

    private static List<String> byId(ObjectNode ids, List<AddedToken> added, Path place) {
        String[] tokens = new String[ids.size() + added.size()];
        int size = 0;
        List<Map.Entry<String, Integer>> entries = new ArrayList<>();
        ids.properties()
                .forEach(entry ->
                        entries.add(Map.entry(entry.getKey(), entry.getValue().asInt(-1))));
        added.forEach(token -> entries.add(Map.entry(token.text(), token.id())));
        for (Map.Entry<String, Integer> entry : entries) {
            int id = entry.getValue();
            if (id < 0 || id >= tokens.length) {
                throw new AlignException.Model(place + ": token \"" + entry.getKey() + "\" has id " + id + " among "
                        + ids.size() + " tokens; ids must be 0, 1, 2, … without gaps");
            }
            tokens[id] = entry.getKey();
            size = Math.max(size, id + 1);
        }
        List<String> list = new ArrayList<>(size);
        for (int id = 0; id < size; id++) {
            if (tokens[id] == null) {
                throw new AlignException.Model(
                        place + ": no token has id " + id + "; ids must be 0, 1, 2, … without gaps");
            }
            list.add(tokens[id]);
        }
        return list;
    }

    private static List<Merge> readMerges(Path file) {
        String text = new String(TokenizerDirectory.bytes(file), StandardCharsets.UTF_8);
        // Not lines(): tokens of the byte-level alphabet hold none of its separators, but a merge ends at LF only.
        List<Merge> merges = new ArrayList<>();
        for (String line : text.split("\n")) {
            if (!line.isBlank() && !line.startsWith("#version")) {
                merges.add(merge(line.strip(), file.toString()));
            }
        }
        return merges;
    }

    /// A merge as files have it: two tokens with a space between.
    static Merge merge(String line, String place) {
        int space = line.indexOf(' ', 1);
        if (space < 0 || space == line.length() - 1) {
            throw new AlignException.Model(
                    place + ": merge \"" + line + "\" is not two tokens with a space between; fetch the file again");
        }
        return new Merge(line.substring(0, space), line.substring(space + 1));
    }
}

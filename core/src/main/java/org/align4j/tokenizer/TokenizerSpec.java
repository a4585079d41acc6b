package org.align4j.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.align4j.tokenizer.TokenizerJson.PrefixSpace;
import org.jspecify.annotations.Nullable;

/// A tokenizer put together from another format, to be written as a `tokenizer.json`.
///
/// @param added tokens recognised in the text before the model sees it
/// @param normalizer steps that change the text first
/// @param preTokenizer steps that split it
/// @param prefix tokens put before every text
/// @param suffix tokens put after every text
/// @param decoder steps that turn tokens into text
/// @param model how pieces are made into tokens
record TokenizerSpec(
        List<AddedToken> added,
        List<Map<String, Object>> normalizer,
        List<Map<String, Object>> preTokenizer,
        List<AddedToken> prefix,
        List<AddedToken> suffix,
        List<Map<String, Object>> decoder,
        Model model) {
    /// A token with its id.
    ///
    /// @param special whether decoding can leave it out
    record AddedToken(int id, String text, boolean special) {}

    /// Two tokens that become one.
    record Merge(String left, String right) {}

    /// How pieces of text are made into tokens.
    sealed interface Model {}

    /// Byte-pair encoding: the earliest merge of the list is done first.
    ///
    /// @param tokens by id
    /// @param unk the token of what has none
    /// @param byteFallback whether what has no token becomes byte tokens
    /// @param ignoreMerges whether a whole piece that is a token is taken as it is
    record Bpe(
            List<String> tokens, List<Merge> merges, Optional<String> unk, boolean byteFallback, boolean ignoreMerges)
            implements Model {}

    /// The most probable split into tokens (Kudo 2018).
    ///
    /// @param tokens by id
    /// @param scores log-probabilities
    /// @param unk id of the token of what has none
    @SuppressWarnings("ArrayRecordComponent") // passed on once
    record Unigram(List<String> tokens, double[] scores, OptionalInt unk, boolean byteFallback) implements Model {}

    /// One step: its type, then names and values.
    static Map<String, Object> step(String type, Object... namesAndValues) {
        Map<String, Object> step = new LinkedHashMap<>();
        step.put("type", type);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            step.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return step;
    }

    /// The bytes of the `tokenizer.json`.
    byte[] toJson() {
        JsonText json = new JsonText(1 << 21);
        json.raw("{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":");
        json.value(added.stream().map(TokenizerSpec::addedToken).toList());
        json.raw(",\"normalizer\":").value(sequence("normalizers", normalizer));
        json.raw(",\"pre_tokenizer\":").value(sequence("pretokenizers", preTokenizer));
        json.raw(",\"post_processor\":");
        json.value(prefix.isEmpty() && suffix.isEmpty() ? null : template());
        json.raw(",\"decoder\":").value(sequence("decoders", decoder));
        json.raw(",\"model\":");
        switch (model) {
            case Bpe bpe -> write(json, bpe);
            case Unigram unigram -> write(json, unigram);
        }
        return json.raw("}").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static @Nullable Object sequence(String children, List<Map<String, Object>> steps) {
        return switch (steps.size()) {
            case 0 -> null;
            case 1 -> steps.getFirst();
            default -> step("Sequence", children, steps);
        };
    }

    private static Map<String, Object> addedToken(AddedToken token) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", token.id());
        fields.put("content", token.text());
        for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
            fields.put(flag, false);
        }
        fields.put("special", token.special());
        return fields;
    }

    /// Puts the prefix before and the suffix after every text, and around the second text of a
    /// pair likewise.
    private Map<String, Object> template() {
        Map<String, Object> tokens = new LinkedHashMap<>();
        List<AddedToken> all = new ArrayList<>(prefix);
        all.addAll(suffix);
        for (AddedToken token : all) {
            tokens.put(
                    token.text(),
                    Map.of("id", token.text(), "ids", List.of(token.id()), "tokens", List.of(token.text())));
        }
        List<Map<String, Object>> pair = new ArrayList<>(pieces("A", 0));
        pair.addAll(pieces("B", 1));
        return step("TemplateProcessing", "single", pieces("A", 0), "pair", pair, "special_tokens", tokens);
    }

    private List<Map<String, Object>> pieces(String sequence, int type) {
        List<Map<String, Object>> pieces = new ArrayList<>();
        prefix.forEach(token -> pieces.add(piece("SpecialToken", token.text(), type)));
        pieces.add(piece("Sequence", sequence, type));
        suffix.forEach(token -> pieces.add(piece("SpecialToken", token.text(), type)));
        return pieces;
    }

    private static Map<String, Object> piece(String kind, String id, int type) {
        return Map.of(kind, Map.of("id", id, "type_id", type));
    }

    private static void write(JsonText json, Bpe bpe) {
        json.raw("{\"type\":\"BPE\",\"unk_token\":").value(bpe.unk().orElse(null));
        json.raw(",\"fuse_unk\":").value(bpe.unk().isPresent());
        json.raw(",\"byte_fallback\":").value(bpe.byteFallback());
        json.raw(",\"ignore_merges\":").value(bpe.ignoreMerges());
        json.raw(",\"vocab\":{");
        for (int id = 0; id < bpe.tokens().size(); id++) {
            json.raw(id == 0 ? "" : ",").quoted(bpe.tokens().get(id)).raw(":").number(id);
        }
        json.raw("},\"merges\":[");
        for (int i = 0; i < bpe.merges().size(); i++) {
            Merge merge = bpe.merges().get(i);
            json.raw(i == 0 ? "[" : ",[")
                    .quoted(merge.left())
                    .raw(",")
                    .quoted(merge.right())
                    .raw("]");
        }
        json.raw("]}");
    }

    private static void write(JsonText json, Unigram unigram) {
        json.raw("{\"type\":\"Unigram\",\"unk_id\":");
        json.value(unigram.unk().isPresent() ? unigram.unk().getAsInt() : null);
        json.raw(",\"byte_fallback\":").value(unigram.byteFallback()).raw(",\"vocab\":[");
        for (int id = 0; id < unigram.tokens().size(); id++) {
            json.raw(id == 0 ? "[" : ",[").quoted(unigram.tokens().get(id)).raw(",");
            json.value(unigram.scores()[id]).raw("]");
        }
        json.raw("]}");
    }

    /// What reading the written file would tell.
    TokenizerJson describe() {
        List<String> tokens = switch (model) {
            case Bpe bpe -> bpe.tokens();
            case Unigram unigram -> unigram.tokens();
        };
        Vocabulary vocabulary = new Vocabulary(tokens.size());
        for (int id = 0; id < tokens.size(); id++) {
            vocabulary.put(tokens.get(id), id);
        }
        added.forEach(token -> vocabulary.putAdded(token.text(), token.id(), token.special()));
        return new TokenizerJson(
                vocabulary,
                has(normalizer, "Prepend") ? PrefixSpace.ALWAYS : PrefixSpace.NEVER,
                has(decoder, "ByteFallback"));
    }

    private static boolean has(List<Map<String, Object>> steps, String type) {
        return steps.stream().anyMatch(step -> type.equals(step.get("type")));
    }
}

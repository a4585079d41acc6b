package org.align4j.tokenizer;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What goes with a vocabulary: the roles of special tokens and the chat templates.
///
/// @param bos text of the token that begins a sequence
/// @param eos text of the token that ends one
/// @param pad text of the padding token
/// @param unk text of the unknown token
/// @param eosIds ids of all tokens at which generation stops, from the model's and the
///     generation's configuration
/// @param chatTemplates Jinja sources by name; the usual one is called `default`
/// @param fields the other fields of `tokenizer_config.json`, kept so that saving loses none:
///     plain Java values
public record TokenizerConfig(
        Optional<String> bos,
        Optional<String> eos,
        Optional<String> pad,
        Optional<String> unk,
        Set<Integer> eosIds,
        Map<String, String> chatTemplates,
        Map<String, Object> fields) {
    /// The name of the template that is used when none is asked for.
    public static final String DEFAULT_TEMPLATE = "default";

    /// Knows nothing.
    public static final TokenizerConfig EMPTY = new TokenizerConfig(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Set.of(), Map.of(), Map.of());

    public TokenizerConfig {
        eosIds = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(eosIds));
        chatTemplates = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(chatTemplates));
        fields = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    TokenizerConfig withPad(String text) {
        return new TokenizerConfig(bos, eos, Optional.of(text), unk, eosIds, chatTemplates, fields);
    }

    /// The template used when none is named.
    public Optional<String> chatTemplate() {
        return Optional.ofNullable(chatTemplates.get(DEFAULT_TEMPLATE));
    }

    /// The texts of the special tokens by the names that chat templates use: `bos_token`,
    /// `eos_token`, …
    public Map<String, String> specialTokens() {
        Map<String, String> tokens = new LinkedHashMap<>();
        bos.ifPresent(text -> tokens.put("bos_token", text));
        eos.ifPresent(text -> tokens.put("eos_token", text));
        pad.ifPresent(text -> tokens.put("pad_token", text));
        unk.ifPresent(text -> tokens.put("unk_token", text));
        return tokens;
    }
}

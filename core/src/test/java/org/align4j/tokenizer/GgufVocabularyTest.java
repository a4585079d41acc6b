package org.align4j.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.align4j.error.AlignException;
import org.junit.jupiter.api.Test;

class GgufVocabularyTest {
    @Test
    void everyPreTokenizerLoadsAndKeepsTheText() {
        String text = "Don't SPLITwords 12345 \r\n\n x  y... ÀÉ日本 \t/path/";
        for (String pre :
                List.of("gpt-2", "default", "falcon", "smollm", "qwen2", "dbrx", "llama-bpe", "gpt-4o", "tekken")) {
            GgufVocabulary vocabulary = GgufVocabulary.of(byteLevel(Map.of("tokenizer.ggml.pre", pre)), "tiny");
            try (Tokenizer tokenizer = vocabulary.tokenizer("tiny")) {
                assertThat(tokenizer.decode(tokenizer.encode(text), false)).isEqualTo(text);
                assertThat(tokenizer.addsPrefix()).isEqualTo(pre.equals("llama-bpe") || pre.equals("tekken"));
            }
        }
    }

    @Test
    void digitsAreGroupedAsThePreTokenizerSays() {
        assertThat(digits("gpt-2")).isEqualTo(4);
        assertThat(digits("llama-bpe")).isEqualTo(5);
        assertThat(digits("qwen2")).isEqualTo(8);
        assertThat(digits("smollm")).isEqualTo(8);
    }

    @Test
    void readsRolesFlagsAndTemplates() {
        Map<String, Object> metadata = byteLevel(Map.of(
                "tokenizer.ggml.pre", "gpt-2",
                "tokenizer.ggml.add_bos_token", true,
                "tokenizer.ggml.eot_token_id", 65,
                "tokenizer.chat_template", "D",
                "tokenizer.chat_template.tool_use", "T"));
        try (Tokenizer tokenizer = GgufVocabulary.of(metadata, "tiny").tokenizer("tiny")) {
            int bos = tokenizer.bos().orElseThrow().id();
            int eos = tokenizer.eos().orElseThrow().id();
            assertThat(tokenizer.encodeWithSpecialTokens("a")).containsExactly(bos, 'a');
            assertThat(tokenizer.eosIds()).containsExactlyInAnyOrder(eos, 65);
            assertThat(tokenizer.config().chatTemplate()).contains("D");
            assertThat(tokenizer.config().chatTemplates()).containsEntry("tool_use", "T");
        }
    }

    @Test
    void faultsAreNamed() {
        assertFault(Map.of("tokenizer.ggml.pre", "gpt-3"), "\"gpt-3\" is unknown (nearest: \"gpt-2\")");
        assertFault(Map.of("tokenizer.ggml.pre", "gpt-2", "tokenizer.ggml.model", "rwkv"), "\"rwkv\" is not supported");
        assertFault(Map.of("tokenizer.ggml.model", "llama"), "258 tokens but 0 scores");
        assertFault(Map.of("tokenizer.ggml.merges", List.of("ab")), "merge \"ab\" is not two tokens");
        assertFault(Map.of("tokenizer.ggml.merges", "ab"), "holds String instead of List");
        assertFault(Map.of("tokenizer.ggml.bos_token_id", 999), "bos_token_id is 999 among 258 tokens");
        assertFault(Map.of("tokenizer.ggml.token_type", new int[] {1}), "258 tokens but 1 types");
        assertFault(Map.of("tokenizer.ggml.tokens", List.of()), "has no vocabulary");
    }

    private static void assertFault(Map<String, Object> changes, String message) {
        assertThatThrownBy(() -> {
                    Tokenizer tokenizer =
                            GgufVocabulary.of(byteLevel(changes), "x.gguf").tokenizer("x.gguf");
                    tokenizer.close();
                })
                .isInstanceOf(AlignException.Model.class)
                .hasMessageStartingWith("x.gguf: ")
                .hasMessageContaining(message);
    }

    /// How many tokens eight digits are when two, three and four of them are tokens.
    private static int digits(String pre) {
        Map<String, Object> metadata = byteLevel(Map.of(
                "tokenizer.ggml.pre", pre,
                "tokenizer.ggml.merges", List.of("1 1"),
                "tokenizer.ggml.tokens", with(tokens(), "11")));
        metadata.remove("tokenizer.ggml.token_type");
        try (Tokenizer tokenizer = GgufVocabulary.of(metadata, "tiny").tokenizer("tiny")) {
            return tokenizer.encode("11111111").length;
        }
    }

    private static List<String> tokens() {
        return ((TokenizerSpec.Bpe) TinyTokenizer.byteSpec(false).model()).tokens();
    }

    private static List<String> with(List<String> tokens, String token) {
        List<String> all = new java.util.ArrayList<>(tokens);
        all.add(token);
        return all;
    }

    private static Map<String, Object> byteLevel(Map<String, Object> changes) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        int[] types = new int[258];
        java.util.Arrays.fill(types, 0, 256, 1);
        types[256] = 3;
        types[257] = 3;
        metadata.put("tokenizer.ggml.model", "gpt2");
        metadata.put("tokenizer.ggml.pre", "gpt-2");
        metadata.put("tokenizer.ggml.tokens", tokens());
        metadata.put("tokenizer.ggml.token_type", types);
        metadata.put("tokenizer.ggml.merges", new String[] {});
        metadata.put("tokenizer.ggml.bos_token_id", 256L);
        metadata.put("tokenizer.ggml.eos_token_id", 257);
        metadata.putAll(changes);
        return metadata;
    }
}

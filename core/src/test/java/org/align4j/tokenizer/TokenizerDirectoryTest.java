package org.align4j.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.align4j.error.AlignException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerDirectoryTest {
    @TempDir
    private Path directory;

    @Test
    void savesWhatItLoadsAgain() {
        try (Tokenizer tokenizer = TinyTokenizer.pieces("▁w", "▁", "w")) {
            tokenizer.save(directory.resolve("new"));
            try (Tokenizer loaded = Tokenizer.load(directory.resolve("new"))) {
                assertThat(loaded.encodeWithSpecialTokens("w w é"))
                        .isEqualTo(tokenizer.encodeWithSpecialTokens("w w é"));
                assertThat(loaded.bos()).isEqualTo(tokenizer.bos()).isPresent();
                assertThat(loaded.eos()).isEqualTo(tokenizer.eos()).isPresent();
                assertThat(loaded.unk()).isEqualTo(tokenizer.unk()).isPresent();
                assertThat(loaded.pad()).isEmpty();
            }
        }
    }

    @Test
    void readsRolesEosIdsAndTemplates() throws IOException {
        write(
                "tokenizer.json",
                new String(TinyTokenizer.byteSpec(false).toJson(), java.nio.charset.StandardCharsets.UTF_8));
        write("tokenizer_config.json", """
                {"bos_token": {"content": "<s>", "special": true}, "pad_token": null, "model_max_length": 64,
                 "chat_template": [{"name": "default", "template": "D"}, {"name": "tool_use", "template": "T"}]}
                """);
        write("special_tokens_map.json", "{\"bos_token\": \"no\", \"eos_token\": \"</s>\"}");
        write("generation_config.json", "{\"eos_token_id\": [3, 4]}");
        write("config.json", "{\"eos_token_id\": 5}");
        try (Tokenizer tokenizer = Tokenizer.load(directory)) {
            assertThat(tokenizer.bos()).contains(new SpecialToken(256, "<s>"));
            assertThat(tokenizer.eos()).contains(new SpecialToken(257, "</s>"));
            assertThat(tokenizer.pad()).isEmpty();
            assertThat(tokenizer.eosIds()).containsExactly(257, 3, 4, 5);
            assertThat(tokenizer.config().chatTemplate()).contains("D");
            assertThat(tokenizer.config().chatTemplates()).containsEntry("tool_use", "T");
            assertThat(tokenizer.config().specialTokens()).containsEntry("eos_token", "</s>");
            tokenizer.save(directory.resolve("copy"));
        }
        try (Tokenizer copy = Tokenizer.load(directory.resolve("copy"))) {
            assertThat(copy.config().chatTemplates())
                    .containsEntry("tool_use", "T")
                    .containsEntry("default", "D");
            assertThat(copy.config().fields()).containsEntry("model_max_length", 64);
        }
    }

    @Test
    void templateFileComesBeforeTheConfiguration() throws IOException {
        write("tokenizer_config.json", "{\"chat_template\": \"old\"}");
        write("chat_template.json", "{\"chat_template\": \"newer\"}");
        assertThat(TokenizerConfigReader.read(directory).chatTemplate()).contains("newer");
        write("chat_template.jinja", "newest");
        Files.createDirectory(directory.resolve("additional_chat_templates"));
        write("additional_chat_templates/rag.jinja", "R");
        TokenizerConfig config = TokenizerConfigReader.read(directory);
        assertThat(config.chatTemplate()).contains("newest");
        assertThat(config.chatTemplates()).containsEntry("rag", "R");
    }

    @Test
    void loadsGpt2sTwoFiles() throws IOException {
        write("vocab.json", "{\"a\": 0, \"b\": 1, \"ab\": 2, \"<|end|>\": 3}");
        write("merges.txt", "#version: 0.2\na b\n");
        write("tokenizer_config.json", "{\"eos_token\": \"<|end|>\"}");
        try (Tokenizer tokenizer = Tokenizer.load(directory)) {
            assertThat(tokenizer.encode("abba<|end|>")).containsExactly(2, 1, 0, 3);
            assertThat(tokenizer.eosIds()).containsExactly(3);
        }
        write("vocab.json", "{\"a\": 0, \"b\": 7}");
        assertThatThrownBy(() -> Tokenizer.load(directory))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageContaining("vocab.json: token \"b\" has id 7");
    }

    @Test
    void aMissingOrBrokenDirectoryIsNamed() throws IOException {
        assertThatThrownBy(() -> Tokenizer.load(directory.resolve("absent")))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageContaining("absent: is not a directory");
        assertThatThrownBy(() -> Tokenizer.load(directory))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageContaining("has no tokenizer");
        write("tokenizer_config.json", "{\"a\":");
        assertThatThrownBy(() -> Tokenizer.load(directory))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageContaining("tokenizer_config.json: broken JSON");
        write("tokenizer_config.json", "{}");
        write("config.json", "{\"eos_token_id\": \"two\"}");
        assertThatThrownBy(() -> Tokenizer.load(directory))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageContaining("eos_token_id is \"two\"");
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text);
    }
}

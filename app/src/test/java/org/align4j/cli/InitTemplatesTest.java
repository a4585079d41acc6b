package org.align4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.align4j.config.Configuration;
import org.align4j.train.LoraConfig;
import org.align4j.train.pretrain.CorpusConfig;
import org.align4j.train.pretrain.PretrainConfig;
import org.align4j.train.sft.DataConfig;
import org.align4j.train.sft.SftConfig;
import org.junit.jupiter.api.Test;

/// What `align4j init` writes.
class InitTemplatesTest {
    private static final Pattern KEY = Pattern.compile("^( {0,2})([a-z_]+):");

    private static String template(String name) throws IOException {
        try (InputStream file = InitCommand.class.getResourceAsStream(name)) {
            assertThat(file).isNotNull();
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /// The keys of the first two levels with their indentation; braces hold the deeper ones.
    private static List<String> keys(String yaml) {
        return yaml.lines()
                .map(KEY::matcher)
                .filter(matcher -> matcher.find())
                .map(matcher -> matcher.group(1) + matcher.group(2))
                .toList();
    }

    /// Its values are the defaults, and it has every key.
    private static <C extends Record> void showsAllDefaults(Class<C> type, String name, C defaults) throws IOException {
        assertThat(Configuration.parse(type, template(name), name, List.of())).isEqualTo(defaults);
        assertThat(keys(template(name))).containsExactlyInAnyOrderElementsOf(keys(Configuration.toYaml(defaults)));
    }

    @Test
    void sftShowsAllDefaults() throws IOException {
        DataConfig data = DataConfig.defaults(List.of("path/to/train.jsonl"));
        showsAllDefaults(SftConfig.class, "sft.yaml", SftConfig.defaults(Path.of("path/to/model"), data));
    }

    @Test
    void pretrainShowsAllDefaults() throws IOException {
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("model_type", "llama");
        model.put("hidden_size", 192L);
        model.put("intermediate_size", 512L);
        model.put("num_hidden_layers", 6L);
        model.put("num_attention_heads", 6L);
        model.put("num_key_value_heads", 6L);
        model.put("tie_word_embeddings", true);
        CorpusConfig data = CorpusConfig.defaults(List.of("path/to/corpus.txt"));
        PretrainConfig defaults = PretrainConfig.defaults(model, Path.of("path/to/tokenizer"), data);
        showsAllDefaults(PretrainConfig.class, "pretrain.yaml", defaults);
    }

    @Test
    void itsAdapterExampleIsTheAdapterDefaults() throws IOException {
        String example = template("sft.yaml")
                .lines()
                .filter(line -> line.startsWith("#   lora: "))
                .findFirst()
                .orElseThrow()
                .substring(1)
                .strip();
        SftConfig config =
                Configuration.parse(SftConfig.class, "model: m\ndata: {train: t}\n" + example, "sft.yaml", List.of());
        assertThat(config.lora()).contains(LoraConfig.defaults());
        assertThat(example).contains("rank", "alpha", "dropout", "target_modules", "rs_lora", "dora");
    }
}

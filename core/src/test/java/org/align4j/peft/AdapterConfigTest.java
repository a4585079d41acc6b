package org.align4j.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.align4j.error.AlignException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterConfigTest {
    @TempDir
    Path folder;

    @Test
    void allLinearLeavesTheHeadOut() throws IOException {
        assertThat(modules(read("\"target_modules\": \"all-linear\""), 2))
                .hasSize(6)
                .doesNotContain("lm_head");
    }

    @Test
    void stringIsARegularExpressionOverTheWholePath() throws IOException {
        assertThat(modules(read("\"target_modules\": \".*layers.1.*_proj\", \"exclude_modules\": [\"v_proj\"]"), 2))
                .containsExactly("model.layers.1.self_attn.q_proj", "model.layers.1.mlp.down_proj");
    }

    @Test
    void layersNarrowDownEndingsButNotFullPaths() throws IOException {
        assertThat(modules(
                        read("\"target_modules\": [\"q_proj\", \"model.layers.2.mlp.down_proj\"],"
                                + " \"layers_to_transform\": 1, \"layers_pattern\": \"layers\""),
                        3))
                .containsExactly("model.layers.1.self_attn.q_proj", "model.layers.2.mlp.down_proj");
        assertThatThrownBy(() -> read("\"target_modules\": \"all-linear\", \"layers_to_transform\": [0]"))
                .hasMessageContaining("layers_to_transform goes with a list");
    }

    @Test
    void firstMatchingPatternSetsRankAndAlpha() throws IOException {
        AdapterConfig config =
                read("\"target_modules\": [\"q_proj\", \"v_proj\"], \"r\": 4, \"lora_alpha\": 8, \"use_rslora\": true,"
                        + " \"rank_pattern\": {\"layers.1.self_attn.q_proj\": 16, \"q_proj\": 2},"
                        + " \"alpha_pattern\": {\"^model.layers.0.self_attn.v_proj\": 1}");
        List<AdapterTarget> targets = config.targets(Bases.llama(2));
        assertThat(targets.stream().map(AdapterTarget::rank)).containsExactly(2, 4, 16, 4);
        assertThat(targets.get(0).scale()).isCloseTo(8 / Math.sqrt(2), within(1e-12));
        assertThat(targets.get(1).scale()).isEqualTo(0.5);
        assertThat(targets.get(2).scale()).isEqualTo(2);
    }

    @Test
    void modulesTrainedWholeHaveNoAdapter() throws IOException {
        assertThat(modules(
                        read("\"target_modules\": [\"q_proj\", \"lm_head\"], \"modules_to_save\": [\"lm_head\"]"), 1))
                .containsExactly("model.layers.0.self_attn.q_proj");
    }

    @Test
    void namesThatMeanNothingAreToldApart() throws IOException {
        assertThat(read("\"target_modules\": [\"q_proj\", \"query\"]").unmatched(Bases.llama(1)))
                .containsExactly("query");
        assertThatThrownBy(() -> read("\"target_modules\": [\"query\"]").targets(Bases.llama(1)))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("model.layers.0.self_attn.q_proj");
    }

    @Test
    void whatChangesTheArithmeticIsRefusedTogether() {
        assertThatThrownBy(() -> read("\"target_modules\": [\"q_proj\"], \"bias\": \"all\", \"r\": 0,"
                        + " \"lora_bias\": true, \"use_dora\": \"yes\", \"layer_replication\": [[0, 2]],"
                        + " \"init_lora_weights\": \"pissa\", \"alpha_pattern\": {\"q(\": 2}"))
                .isInstanceOf(AlignException.Checkpoint.class)
                .hasMessageContaining("bias: all is not supported")
                .hasMessageContaining("r: 0 is not a whole number of at least 1")
                .hasMessageContaining("lora_bias: true is not supported")
                .hasMessageContaining("use_dora: \"yes\" is neither true nor false")
                .hasMessageContaining("layer_replication: [[0,2]] is not supported")
                .hasMessageContaining("init_lora_weights: \"pissa\"")
                .hasMessageContaining("alpha_pattern: q( is no regular expression");
    }

    @Test
    void unsetKeysOfOtherMethodsAreKept() throws IOException {
        AdapterConfig config =
                read("\"target_modules\": [\"q_proj\"], \"use_future_method\": false, \"revision\": \"x\"");
        assertThat(config.others()).containsOnlyKeys("use_future_method", "revision");
        Path copy = folder.resolve("copy.json");
        AdapterConfigFile.write(copy, config);
        assertThat(AdapterConfigFile.read(copy).others()).containsKeys("use_future_method", "revision");
    }

    private static List<String> modules(AdapterConfig config, int layers) {
        return config.targets(Bases.llama(layers)).stream()
                .map(AdapterTarget::module)
                .toList();
    }

    private AdapterConfig read(String keys) throws IOException {
        Path file = folder.resolve(AdapterConfigFile.NAME);
        Files.writeString(file, "{\"peft_type\": \"LORA\", " + keys + "}");
        return AdapterConfigFile.read(file);
    }
}

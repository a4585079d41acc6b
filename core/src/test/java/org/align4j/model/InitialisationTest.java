package org.align4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.junit.jupiter.api.Test;

class InitialisationTest {
    private static CausalLm model(String family, String widthKey) {
        ModelConfig config = HfConfig.parse(
                "test",
                HfConfig.newConfig(family)
                        .put("vocab_size", 100)
                        .put(widthKey, 64)
                        .put(layersKey(family), 2)
                        .put(family.equals("gpt2") ? "n_head" : "num_attention_heads", 4));
        return new CausalLm(config.architecture(), DType.FLOAT32, Device.CPU, true);
    }

    private static String layersKey(String family) {
        return family.equals("gpt2") ? "n_layer" : "num_hidden_layers";
    }

    private static double deviation(CausalLm model, String name) {
        Tensor weight = model.parameters().get(name).master();
        return Math.sqrt(weight.square().sum().item() / weight.numel());
    }

    @Test
    void matricesAreNormalAndNormsScaleByOne() {
        try (Scope scope = Scope.open()) {
            CausalLm model = model("llama", "hidden_size");
            model.initialise(0.02, 1);
            assertThat(deviation(model, "layers.0.qkv")).isCloseTo(0.02, within(0.001));
            assertThat(deviation(model, "layers.1.down")).isCloseTo(0.02, within(0.001));
            assertThat(model.parameters().get("final_norm").master().sum().item())
                    .isEqualTo(64);
            CausalLm gemma = model("gemma2", "hidden_size");
            gemma.initialise(0.02, 1);
            assertThat(gemma.parameters().get("final_norm").master().sum().item())
                    .isZero();
        }
    }

    @Test
    void gpt2EntersTheResidualStreamSoftly() {
        try (Scope scope = Scope.open()) {
            CausalLm model = model("gpt2", "n_embd");
            model.initialise(0.02, 1);
            assertThat(deviation(model, "layers.0.qkv")).isCloseTo(0.02, within(0.001));
            assertThat(deviation(model, "layers.0.down")).isCloseTo(0.01, within(0.0005));
            assertThat(deviation(model, "layers.0.down.bias")).isZero();
        }
    }

    @Test
    void theSeedDecides() {
        try (Scope scope = Scope.open()) {
            CausalLm model = model("llama", "hidden_size");
            model.initialise(0.02, 1);
            double first = model.parameters().get("embed").master().sum().item();
            model.initialise(0.02, 2);
            assertThat(model.parameters().get("embed").master().sum().item()).isNotEqualTo(first);
            model.initialise(0.02, 1);
            assertThat(model.parameters().get("embed").master().sum().item()).isEqualTo(first);
        }
    }
}

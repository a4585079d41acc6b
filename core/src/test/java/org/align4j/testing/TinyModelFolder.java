package org.align4j.testing;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.LongStream;
import org.align4j.checkpoint.ElementType;
import org.align4j.checkpoint.SafetensorsWriter;
import org.align4j.checkpoint.TensorSource;
import org.align4j.model.HfConfig;
import org.align4j.model.WeightLayout;
import org.align4j.random.CounterRandom;
import org.align4j.tokenizer.TinyTokenizer;
import org.align4j.tokenizer.Tokenizer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A random Llama of some thousand weights that reads bytes, as a Hugging Face directory.
public final class TinyModelFolder {
    /// Turns as `<s>role`, a line end, the content and `</s>`; the assistant's are marked as
    /// generated.
    public static final String TEMPLATE = """
            {%- for message in messages -%}
            {{ '<s>' + message['role'] + '\\n' }}
            {%- if message['role'] == 'assistant' -%}
            {% generation %}{{ message['content'] + '</s>' }}{% endgeneration %}
            {%- else -%}
            {{ message['content'] + '</s>' }}
            {%- endif -%}
            {%- endfor -%}
            {%- if add_generation_prompt -%}{{ '<s>assistant\\n' }}{%- endif -%}
            """;

    private static final String CONFIG = """
            {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 258,
             "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2,
             "num_key_value_heads": 1, "head_dim": 8, "hidden_act": "silu", "max_position_embeddings": 256,
             "rms_norm_eps": 1e-06, "rope_theta": 10000.0, "rope_scaling": null, "tie_word_embeddings": true,
             "attention_bias": false, "mlp_bias": false, "bos_token_id": 256, "eos_token_id": 257,
             "initializer_range": 0.02, "dtype": "float32"}
            """;

    private TinyModelFolder() {}

    /// Writes the model of a seed into `folder`, which need not exist.
    public static Path save(Path folder, long seed) throws IOException {
        Files.createDirectories(folder);
        Path config = Files.writeString(folder.resolve("config.json"), CONFIG);
        try (Tokenizer tokenizer = TinyTokenizer.bytes()) {
            tokenizer.save(folder);
        }
        template(folder, TEMPLATE);
        SequencedMap<String, TensorSource> tensors = new LinkedHashMap<>();
        CounterRandom random = CounterRandom.of(seed, "tiny model");
        for (WeightLayout.Weight weight :
                WeightLayout.of(HfConfig.read(config).architecture()).weights()) {
            for (WeightLayout.Part part : weight.parts()) {
                long[] shape = weight.fileShape(part).stream()
                        .mapToLong(Long::longValue)
                        .toArray();
                tensors.put(part.huggingFaceName(), values(shape, random.at(tensors.size())));
            }
        }
        SafetensorsWriter.writeModel(folder, tensors, SafetensorsWriter.DEFAULT_SHARD_BYTES);
        return folder;
    }

    /// Ones for norms, small numbers for matrices.
    private static TensorSource values(long[] shape, CounterRandom random) {
        float[] values = new float[(int) LongStream.of(shape).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = shape.length == 1 ? 1 : (float) (0.1 * random.gaussian(i));
        }
        return TensorSource.ofFloats(ElementType.F32, shape, () -> MemorySegment.ofArray(values));
    }

    /// Gives the model in `folder` another chat template.
    public static void template(Path folder, String template) throws IOException {
        Path file = folder.resolve("tokenizer_config.json");
        ObjectNode json = (ObjectNode) Shared.json(file);
        json.put("chat_template", template);
        Files.write(file, JsonMapper.shared().writeValueAsBytes(json));
        Files.deleteIfExists(folder.resolve("chat_template.jinja"));
    }

    /// Writes `count` little sums to learn, as `prompt` and `completion`, of different lengths.
    public static Path sums(Path file, int count, long seed) throws IOException {
        CounterRandom random = CounterRandom.of(seed, "sums");
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            long a = random.below(i % 3 == 0 ? 9 : 5000, i, 0);
            long b = random.below(90, i, 1);
            lines.append(JsonMapper.shared()
                            .writeValueAsString(Map.of(
                                    "prompt", i + ": " + a + "+" + b + "=", "completion", String.valueOf(a + b))))
                    .append('\n');
        }
        return Files.writeString(file, lines.toString());
    }
}

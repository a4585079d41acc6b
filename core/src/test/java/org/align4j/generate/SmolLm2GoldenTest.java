package org.align4j.generate;

import static org.align4j.testing.Shared.goldenCase;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.PackedBatch;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.tensor.DType;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.Shared;
import org.align4j.testing.TensorFile;
import org.align4j.tokenizer.ChatTemplate;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// The real model: the GGUF file that the golden results were computed from, in float32. The cases
/// are skipped where the file is absent.
class SmolLm2GoldenTest {
    private static final double TOLERANCE = 2e-3;
    /// Below such a gap of the two best logits another library may choose another token.
    private static final double TIE = 5e-3;

    private static final Path GOLDEN = Shared.golden("smollm2/prompts.json");
    private static final Scope SCOPE = Scope.open();
    private static Optional<LoadedModel> model = Optional.empty();
    private static List<Generation> greedy = List.of();

    @AfterAll
    static void close() {
        model.ifPresent(LoadedModel::close);
        SCOPE.close();
    }

    /// Loads it for the first case; skips the case where it is absent.
    private static LoadedModel model() {
        if (model.isEmpty()) {
            String name = Shared.json(GOLDEN).get("file").asString();
            model = Optional.of(
                    LoadedModel.load(Shared.data("models/smollm2/" + name), DType.FLOAT32, Shared.device(), false));
        }
        return model.get();
    }

    /// The answers to all prompts, generated together for the first case that asks.
    private static List<Generation> greedy() {
        if (greedy.isEmpty()) {
            List<GenerationRequest> requests = new ArrayList<>();
            int most = 0;
            for (JsonNode prompt : Shared.json(GOLDEN).get("prompts")) {
                requests.add(new GenerationRequest(ints(prompt.get("ids")), DrawKey.ONLY));
                most = Math.max(most, prompt.get("greedy_ids").size());
            }
            greedy = new Generator(model().model(), Optional.empty(), Set.of())
                    .generate(requests, GenerationOptions.of(Sampling.greedy(), most));
        }
        return greedy;
    }

    @TestFactory
    List<DynamicTest> prompts() {
        List<DynamicTest> tests = new ArrayList<>();
        if (!Files.exists(GOLDEN)) {
            return tests;
        }
        List<JsonNode> prompts =
                new ArrayList<>(Shared.json(GOLDEN).get("prompts").values());
        for (int i = 0; i < prompts.size(); i++) {
            int index = i;
            JsonNode prompt = prompts.get(i);
            tests.add(goldenCase("smollm2", i + " ids", () -> checkIds(prompt)));
            tests.add(goldenCase("smollm2", i + " logits", () -> checkLogits(index, prompt)));
            tests.add(goldenCase("smollm2", i + " greedy", () -> checkGreedy(index, prompt)));
        }
        return tests;
    }

    private void checkIds(JsonNode prompt) {
        String text = prompt.get("text").asString();
        LoadedModel loaded = model();
        assertThat(loaded.tokenizer().encode(text)).isEqualTo(ints(prompt.get("ids")));
        if (prompt.get("messages").isArray()) {
            List<Map<String, String>> messages = new ArrayList<>();
            for (JsonNode message : prompt.get("messages")) {
                messages.add(Map.of(
                        "role", message.get("role").asString(),
                        "content", message.get("content").asString()));
            }
            assertThat(loaded.template()
                            .orElseThrow()
                            .render(messages, ChatTemplate.Options.prompt())
                            .text())
                    .isEqualTo(text);
        }
    }

    private void checkLogits(int index, JsonNode prompt) {
        int[] ids = ints(prompt.get("ids"));
        try (Scope inner = Scope.open();
                TensorFile golden = new TensorFile(GOLDEN.resolveSibling("logits.safetensors"));
                Tape tape = model().model().forward(PackedBatch.ofSequence(ids), Wanted.logps(), Recording.NONE)) {
            assertClose(tape.logps().toFloats(), golden.floats(index + ".token_logps"));
            Tensor hidden = model().model().hidden(PackedBatch.ofSequence(ids));
            Tensor logits = model().model().logits(hidden.narrow(0, ids.length - 1, 1));
            Tensor top = logits.indexSelect(1, Shared.tensor(golden.ints(index + ".top_ids")));
            assertClose(top.toFloats(), golden.floats(index + ".top_logits"));
            assertThat(logits.logsumexp(-1).item())
                    .isCloseTo(prompt.get("last_logsumexp").asDouble(), Offset.offset(TOLERANCE));
        }
    }

    private void checkGreedy(int index, JsonNode prompt) {
        int[] expected = ints(prompt.get("greedy_ids"));
        int[] tokens = greedy().get(index).tokens();
        for (int t = 0; t < expected.length; t++) {
            if (prompt.get("top2_gaps").get(t).asDouble() < TIE && tokens[t] != expected[t]) {
                return;
            }
            assertThat(tokens[t]).as("token " + t).isEqualTo(expected[t]);
        }
    }

    private static void assertClose(float[] computed, float[] expected) {
        assertThat(computed).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) computed[i]).as("value " + i).isCloseTo(expected[i], Offset.offset(TOLERANCE));
        }
    }

    private static int[] ints(JsonNode array) {
        return array.valueStream().mapToInt(JsonNode::asInt).toArray();
    }
}

package org.align4j.generate;

import static org.align4j.testing.Shared.goldenCase;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.align4j.checkpoint.HfModel;
import org.align4j.data.PackedBatch;
import org.align4j.model.CausalLm;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.tensor.DType;
import org.align4j.tensor.Scope;
import org.align4j.testing.Shared;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// Every golden model: greedy answers as transformers gives them, and log-probabilities as the
/// learner computes them.
class GreedyGoldenTest {
    /// Below such a gap between the two best logits, the float32 of two libraries may choose
    /// differently.
    private static final double TIE = 1e-3;

    @TestFactory
    List<DynamicTest> greedyTokens() {
        return cases("greedy", this::checkGreedy);
    }

    @TestFactory
    List<DynamicTest> samplersLogpsAreTheLearners() {
        return cases("logps", this::checkLogps);
    }

    private interface Check {
        void of(Path folder);
    }

    private static List<DynamicTest> cases(String what, Check check) {
        return Shared.goldenFolders("models", "greedy.json").stream()
                .map(folder -> goldenCase("models", folder.getFileName() + " " + what, () -> check.of(folder)))
                .toList();
    }

    private void checkGreedy(Path folder) {
        try (Scope scope = Scope.open()) {
            List<JsonNode> prompts = prompts(folder);
            int most = prompts.getFirst().get("new_tokens").size();
            List<Generation> answers = generate(folder, prompts, Sampling.greedy(), most);
            for (int i = 0; i < prompts.size(); i++) {
                assertThat(answers.get(i).finish()).isEqualTo(Finish.LENGTH);
                if (prompts.get(i).get("min_top2_gap").asDouble() > TIE) {
                    assertThat(answers.get(i).tokens())
                            .isEqualTo(ints(prompts.get(i).get("new_tokens")));
                }
            }
        }
    }

    private void checkLogps(Path folder) {
        try (Scope scope = Scope.open()) {
            List<JsonNode> prompts = prompts(folder);
            Sampling sampling = Sampling.defaults().with(changed -> {
                changed.seed = 3;
                changed.temperature = 0.8;
            });
            CausalLm model = model(folder);
            List<GenerationRequest> requests = requests(prompts);
            GenerationOptions options = GenerationOptions.of(sampling, 24).withLogps();
            List<Generation> answers = new Generator(model, Optional.empty(), Set.of()).generate(requests, options);
            for (int i = 0; i < answers.size(); i++) {
                int[] prompt = requests.get(i).prompt();
                int[] tokens = answers.get(i).tokens();
                int[] all = IntStream.concat(IntStream.of(prompt), IntStream.of(tokens))
                        .toArray();
                try (Tape tape = model.forward(
                        PackedBatch.ofSequence(all), Wanted.logps().withTemperature(0.8), CausalLm.Recording.NONE)) {
                    float[] learner = tape.logps().toFloats();
                    for (int t = 0; t < tokens.length; t++) {
                        assertThat(answers.get(i).logps()[t])
                                .as("prompt %d token %d", i, t)
                                .isCloseTo(learner[prompt.length - 1 + t], Offset.offset(1e-4f));
                    }
                }
            }
        }
    }

    private static List<Generation> generate(Path folder, List<JsonNode> prompts, Sampling sampling, int most) {
        return new Generator(model(folder), Optional.empty(), Set.of())
                .generate(requests(prompts), GenerationOptions.of(sampling, most));
    }

    private static CausalLm model(Path folder) {
        return HfModel.load(folder, DType.FLOAT32, Shared.device(), false).model();
    }

    private static List<JsonNode> prompts(Path folder) {
        return new ArrayList<>(
                Shared.json(folder.resolve("greedy.json")).get("prompts").values());
    }

    private static List<GenerationRequest> requests(List<JsonNode> prompts) {
        return IntStream.range(0, prompts.size())
                .mapToObj(i -> new GenerationRequest(ints(prompts.get(i).get("prompt")), new DrawKey(0, i, 0)))
                .toList();
    }

    private static int[] ints(JsonNode array) {
        return array.valueStream().mapToInt(JsonNode::asInt).toArray();
    }
}

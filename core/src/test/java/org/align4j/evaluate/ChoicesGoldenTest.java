package org.align4j.evaluate;

import static org.align4j.testing.Shared.goldenCase;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.Source;
import org.align4j.data.TokenizedExample;
import org.align4j.tensor.DType;
import org.align4j.tensor.Scope;
import org.align4j.testing.Shared;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// Options' log-likelihoods and what is chosen, against lm-evaluation-harness with the real model.
class ChoicesGoldenTest {
    private static final Path GOLDEN = Shared.golden("metrics/choices.json");
    private static final Offset<Double> TOLERANCE = Offset.offset(5e-3);
    private static final Scope SCOPE = Scope.open();
    private static Optional<LoadedModel> model = Optional.empty();

    @AfterAll
    static void close() {
        model.ifPresent(LoadedModel::close);
        SCOPE.close();
    }

    /// Loads it for the first case; skips the case where it is absent.
    private static LoadedModel model() {
        if (model.isEmpty()) {
            String name = Shared.json(Shared.golden("smollm2/prompts.json"))
                    .get("file")
                    .asString();
            model = Optional.of(
                    LoadedModel.load(Shared.data("models/smollm2/" + name), DType.FLOAT32, Shared.device(), false));
        }
        return model.get();
    }

    @TestFactory
    List<DynamicTest> items() {
        List<DynamicTest> tests = new ArrayList<>();
        if (!Files.exists(GOLDEN)) {
            return tests;
        }
        JsonNode items = Shared.json(GOLDEN).get("items");
        for (int i = 0; i < items.size(); i++) {
            JsonNode item = items.get(i);
            tests.add(goldenCase("metrics", "choices " + i, () -> check(item)));
        }
        return tests;
    }

    private static void check(JsonNode item) {
        LoadedModel loaded = model();
        Choice choice = new Choice(
                item.get("context").asString(),
                item.get("options").valueStream().map(JsonNode::asString).toList(),
                item.get("gold").asInt(),
                Source.memory(0));
        Continuations continuations = new Continuations(
                loaded.tokenizer(), loaded.model().architecture().maxPositions());
        List<TokenizedExample> sequences = choice.options().stream()
                .map(option -> continuations.encode(choice.context(), option, choice.source()))
                .toList();
        for (int i = 0; i < sequences.size(); i++) {
            int[] ids = sequences.get(i).tokens();
            assertThat(ids).isEqualTo(numbers(item.get("ids").get(i)));
            assertThat(ids.length - sequences.get(i).trainedTokens())
                    .isEqualTo(item.get("context_tokens").asInt());
        }
        double[] logps = TargetLogps.sums(loaded.model(), sequences, done -> {}, () -> false);
        assertThat(logps)
                .containsExactly(
                        item.get("sum_logprob")
                                .valueStream()
                                .mapToDouble(JsonNode::asDouble)
                                .toArray(),
                        TOLERANCE);
        assertThat(choice.likeliest(logps)).isEqualTo(item.get("acc_choice").asInt());
        assertThat(choice.likeliestByCharacter(logps))
                .isEqualTo(item.get("acc_norm_choice").asInt());
        assertThat(choice.likeliestByByte(logps))
                .isEqualTo(item.get("acc_bytes_choice").asInt());
    }

    private static int[] numbers(JsonNode array) {
        return array.valueStream().mapToInt(JsonNode::asInt).toArray();
    }
}

package org.align4j.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.align4j.checkpoint.Safetensors;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.Shared;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every processor against transformers' own, on the same logits and histories.
class SamplingGoldenTest {
    private static final double TOLERANCE = 1e-5;

    @TestFactory
    Stream<DynamicTest> processorsEqualTransformers() throws IOException {
        Path folder = Shared.golden("sampling");
        if (!Files.exists(folder.resolve("processors.json"))) {
            return Stream.empty();
        }
        JsonNode root =
                JsonMapper.shared().readTree(folder.resolve("processors.json").toFile());
        return root.get("cases")
                .valueStream()
                .map(entry -> Shared.goldenCase(
                        "sampling",
                        entry.get("name").asString(),
                        () -> check(folder.resolve("processors.safetensors"), entry)));
    }

    private static void check(Path file, JsonNode entry) {
        try (Safetensors tensors = Safetensors.open(file);
                Scope _ = Scope.open()) {
            long[] shape = tensors.shape("in.logits");
            int vocabulary = (int) shape[1];
            Tensor logits = Shared.tensor(floats(tensors, "in.logits")).view(shape);
            float[] expected = floats(tensors, entry.get("name").asString());
            List<TokenHistory> histories = histories(tensors, entry);
            boolean tiesAnyhow = Stream.of("top_p", "typical_p").anyMatch(entry::has);

            Tensor inOrder = logits;
            for (LogitsProcessor processor : processors(entry)) {
                inOrder = processor.apply(inOrder, histories);
            }
            compare(inOrder.toFloats(), expected, vocabulary, tiesAnyhow);
            if (!entry.has("min_tokens_to_keep")) {
                Tensor combined = logits;
                for (LogitsProcessor processor : sampling(entry).processors(eos(entry))) {
                    combined = processor.apply(combined, histories);
                }
                compare(combined.toFloats(), expected, vocabulary, tiesAnyhow);
            }
        }
    }

    private static void compare(float[] actual, float[] expected, int vocabulary, boolean tiesAnyhow) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int row = 0; row < expected.length / vocabulary; row++) {
            float[] got = Arrays.copyOfRange(actual, row * vocabulary, (row + 1) * vocabulary);
            float[] want = Arrays.copyOfRange(expected, row * vocabulary, (row + 1) * vocabulary);
            if (tiesAnyhow) {
                // Which of the tied tokens stay is open; how many do is not.
                Arrays.sort(got);
                Arrays.sort(want);
            }
            for (int token = 0; token < vocabulary; token++) {
                String place = "row " + row + ", token " + token;
                if (Float.isInfinite(want[token])) {
                    assertThat(got[token]).as(place).isEqualTo(want[token]);
                } else {
                    double allowed = TOLERANCE + TOLERANCE * Math.abs(want[token]);
                    assertThat((double) Math.abs(got[token] - want[token]))
                            .as(place)
                            .isLessThanOrEqualTo(allowed);
                }
            }
        }
    }

    private static List<LogitsProcessor> processors(JsonNode entry) {
        int keep = entry.path("min_tokens_to_keep").asInt(1);
        return entry.get("processors")
                .valueStream()
                .map(name -> switch (name.asString()) {
                    case "TemperatureLogitsWarper" ->
                        new LogitsProcessor.Temperature(entry.get("temperature").asDouble());
                    case "RepetitionPenaltyLogitsProcessor" ->
                        new LogitsProcessor.RepetitionPenalty(
                                entry.get("repetition_penalty").asDouble());
                    case "NoRepeatNGramLogitsProcessor" ->
                        new TokenBan.NoRepeatNgram(
                                entry.get("no_repeat_ngram_size").asInt());
                    case "NoBadWordsLogitsProcessor" -> new TokenBan.BadWords(badWords(entry), eos(entry));
                    case "MinNewTokensLengthLogitsProcessor" ->
                        new TokenBan.MinNewTokens(entry.get("min_new_tokens").asInt(), eos(entry));
                    case "SuppressTokensLogitsProcessor" -> new TokenBan.Suppress(ids(entry.get("suppress_tokens")));
                    case "TopKLogitsWarper" ->
                        new LogitsFilter.TopK(entry.get("top_k").asInt(), keep);
                    case "TopPLogitsWarper" ->
                        new LogitsFilter.TopP(entry.get("top_p").asDouble(), keep);
                    case "MinPLogitsWarper" ->
                        new LogitsFilter.MinP(entry.get("min_p").asDouble(), keep);
                    case "TypicalLogitsWarper" ->
                        new LogitsFilter.TypicalP(entry.get("typical_p").asDouble(), keep);
                    case "EpsilonLogitsWarper" ->
                        new LogitsFilter.EpsilonCutoff(
                                entry.get("epsilon_cutoff").asDouble(), keep);
                    case "EtaLogitsWarper" ->
                        new LogitsFilter.EtaCutoff(entry.get("eta_cutoff").asDouble(), keep);
                    case String other -> throw new AssertionError("no processor " + other);
                })
                .map(LogitsProcessor.class::cast)
                .toList();
    }

    private static Sampling sampling(JsonNode entry) {
        return Sampling.defaults().with(changed -> {
            changed.temperature = entry.path("temperature").asDouble(1);
            changed.topK = entry.path("top_k").asInt(0);
            changed.topP = entry.path("top_p").asDouble(1);
            changed.minP = entry.path("min_p").asDouble(0);
            changed.typicalP = entry.path("typical_p").asDouble(1);
            changed.epsilonCutoff = entry.path("epsilon_cutoff").asDouble(0);
            changed.etaCutoff = entry.path("eta_cutoff").asDouble(0);
            changed.repetitionPenalty = entry.path("repetition_penalty").asDouble(1);
            changed.noRepeatNgram = entry.path("no_repeat_ngram_size").asInt(0);
            changed.minNewTokens = entry.path("min_new_tokens").asInt(0);
            changed.badWords = badWords(entry);
            changed.suppressedTokens = ids(entry.path("suppress_tokens"));
        });
    }

    private static List<List<Integer>> badWords(JsonNode entry) {
        return entry.path("bad_words_ids")
                .valueStream()
                .map(SamplingGoldenTest::ids)
                .toList();
    }

    private static List<Integer> eos(JsonNode entry) {
        JsonNode eos = entry.path("eos_token_id");
        return eos.isNumber() ? List.of(eos.asInt()) : ids(eos);
    }

    private static List<Integer> ids(JsonNode array) {
        return array.valueStream().map(JsonNode::asInt).toList();
    }

    private static List<TokenHistory> histories(Safetensors tensors, JsonNode entry) {
        long[] shape = tensors.shape("in.input_ids");
        int length = (int) shape[1];
        int prompt = entry.path("prompt_length").asInt(length);
        long[] ids = tensors.raw("in.input_ids").toArray(ValueLayout.JAVA_LONG_UNALIGNED);
        return IntStream.range(0, (int) shape[0])
                .mapToObj(row -> {
                    int[] tokens = IntStream.range(row * length, (row + 1) * length)
                            .map(i -> (int) ids[i])
                            .toArray();
                    TokenHistory history = new TokenHistory(Arrays.copyOf(tokens, prompt));
                    Arrays.stream(tokens, prompt, length).forEach(history::add);
                    return history;
                })
                .toList();
    }

    private static float[] floats(Safetensors tensors, String name) {
        try (Arena arena = Arena.ofConfined()) {
            long count = Arrays.stream(tensors.shape(name)).reduce(1, Math::multiplyExact);
            MemorySegment values = arena.allocate(ValueLayout.JAVA_FLOAT, count);
            tensors.readFloats(name, values);
            return values.toArray(ValueLayout.JAVA_FLOAT);
        }
    }
}

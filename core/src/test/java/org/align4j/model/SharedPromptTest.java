package org.align4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.align4j.data.PackedBatch;
import org.align4j.data.Source;
import org.align4j.data.TokenizedExample;
import org.align4j.error.AlignException;
import org.align4j.model.CausalLm.Recording;
import org.align4j.random.CounterRandom;
import org.align4j.tensor.Scope;
import org.align4j.testing.Gradients;
import org.align4j.testing.TinyFamilies;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Answers whose prompt is computed once learn as if each had been computed by itself.
class SharedPromptTest {
    /// Prompts of one, several and many tokens, of which two have one padded length; answers of
    /// several buckets.
    private static final int[][] GROUPS = {{1, 2, 3}, {5, 1, 20, 2}, {40, 33, 4}, {39, 3, 70}, {7, 6}};

    /// Runs of random tokens: a prompt, then answers to it.
    private static List<List<TokenizedExample>> groups() {
        List<List<TokenizedExample>> groups = new ArrayList<>();
        for (int g = 0; g < GROUPS.length; g++) {
            List<TokenizedExample> group = new ArrayList<>();
            int prompt = GROUPS[g][0];
            for (int a = 1; a < GROUPS[g].length; a++) {
                int[] tokens = new int[prompt + GROUPS[g][a]];
                boolean[] mask = new boolean[tokens.length];
                CounterRandom asked = CounterRandom.of(g, "prompt");
                CounterRandom answered = CounterRandom.of(g, "answer " + a);
                for (int t = 0; t < tokens.length; t++) {
                    CounterRandom random = t < prompt ? asked : answered;
                    tokens[t] = (int) random.below(TinyFamilies.VOCABULARY, t);
                    mask[t] = t >= prompt;
                }
                group.add(new TokenizedExample(tokens, mask, Source.memory(a)));
            }
            groups.add(group);
        }
        return groups;
    }

    private static float[] learn(CausalLm model, PackedBatch batch, Recording recording) {
        try (Scope scope = Scope.open();
                Tape tape = model.forward(batch, Wanted.logps(), recording)) {
            float[] logps = tape.logps().toFloats();
            tape.logps().sum().backward();
            tape.backward();
            return logps;
        }
    }

    @TestFactory
    Stream<DynamicTest> sharedPromptsTeachTheSame() {
        return TinyFamilies.names().stream()
                .map(family -> DynamicTest.dynamicTest(family, () -> {
                    try (Scope scope = Scope.open()) {
                        CausalLm model = TinyFamilies.of(family, true);
                        PackedBatch apart = PackedBatch.of(
                                groups().stream().flatMap(List::stream).toList());
                        PackedBatch shared = PackedBatch.sharing(groups());
                        if (!PackedInput.sharesPrefixes(model.architecture())) {
                            assertThatThrownBy(() -> learn(model, shared, Recording.KEEP))
                                    .isInstanceOf(AlignException.Model.class);
                            return;
                        }
                        List<float[]> logps = new ArrayList<>();
                        Map<String, float[]> expected = Gradients.after(
                                model.parameters(), () -> logps.add(learn(model, apart, Recording.KEEP)));
                        for (Recording recording : List.of(Recording.KEEP, Recording.RECOMPUTE)) {
                            Map<String, float[]> gradients = Gradients.after(
                                    model.parameters(), () -> logps.add(learn(model, shared, recording)));
                            Gradients.assertClose("logps", logps.getLast(), logps.getFirst(), 1e-5);
                            Gradients.assertClose(gradients, expected, 1e-4);
                        }
                    }
                }));
    }

    @Test
    void eachPromptIsPackedOnce() {
        PackedBatch shared = PackedBatch.sharing(groups());
        int tokens = IntStream.range(0, GROUPS.length)
                .map(g -> IntStream.of(GROUPS[g]).sum())
                .sum();
        assertThat(shared.tokenCount()).isEqualTo(tokens);
        assertThat(shared.trainedTokens())
                .isEqualTo(
                        PackedBatch.of(groups().stream().flatMap(List::stream).toList())
                                .trainedTokens());
    }
}

package org.align4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.align4j.data.PackedBatch;
import org.align4j.loss.TokenLoss;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.optim.LrSchedule;
import org.align4j.optim.OptimizerConfig;
import org.align4j.random.CounterRandom;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.TinyFamilies;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Tokens drawn independently of each other have a least loss that is known: their distribution's
/// entropy.
class KnownOptimumTest {
    /// Halves: token k is drawn with probability 2^-(k+1), the last two alike. The entropy is (2 -
    /// 2^-4) ln 2 nats.
    private static final int KINDS = 6;

    private static final double ENTROPY = (2 - Math.pow(2, 2 - KINDS)) * Math.log(2);

    /// 64 sequences of two tokens a step: the second is the only target, so nothing can be learnt
    /// by heart.
    private static PackedBatch batch(CounterRandom random) {
        return PackedBatch.allTrained(IntStream.range(0, 64)
                .mapToObj(b -> new int[] {token(random, 2 * b), token(random, 2 * b + 1)})
                .toList());
    }

    private static int token(CounterRandom random, long draw) {
        return Math.min(KINDS - 1, (int) (-Math.log(1 - random.uniform(draw)) / Math.log(2)));
    }

    @TestFactory
    Stream<DynamicTest> theLossOfIndependentTokensBecomesTheirEntropy() {
        return Stream.of("llama", "gpt2")
                .map(family -> DynamicTest.dynamicTest(family, () -> {
                    try (Scope scope = Scope.open()) {
                        CausalLm model = TinyFamilies.of(family, true);
                        model.initialise(0.02, 1);
                        train(model);
                        assertThat(crossEntropy(model)).isCloseTo(ENTROPY, within(0.01 * ENTROPY));
                    }
                }));
    }

    private static void train(CausalLm model) {
        int steps = 400;
        CounterRandom random = CounterRandom.of(9, "stream");
        try (Optimization optimization = new Optimization(
                model.parameters(),
                new OptimizerConfig.AdamW(OptimizerConfig.AdamSettings.DEFAULT),
                0,
                LrSchedule.named("linear", 0.02, 0, steps, Map.of()),
                1)) {
            for (int step = 0; step < steps; step++) {
                PackedBatch batch = batch(random.at(step));
                optimization.startWindow();
                try (Scope scope = Scope.open();
                        Tape tape = model.forward(batch, Wanted.logps(), Recording.KEEP)) {
                    Tensor loss = TokenLoss.negativeLogLikelihood(tape.logps(), batch.trainedTokens());
                    loss.backward();
                    tape.backward();
                    optimization.step(step);
                }
            }
        }
    }

    /// The exact expectation of the loss after each first token, by the tokens' probabilities.
    private static double crossEntropy(CausalLm model) {
        double expected = 0;
        for (int first = 0; first < KINDS; first++) {
            for (int second = 0; second < KINDS; second++) {
                try (Scope scope = Scope.open();
                        Tape tape =
                                model.forward(PackedBatch.ofSequence(first, second), Wanted.logps(), Recording.NONE)) {
                    expected -= probability(first)
                            * probability(second)
                            * tape.logps().item();
                }
            }
        }
        return expected;
    }

    private static double probability(int token) {
        return Math.pow(2, -Math.min(token + 1, KINDS - 1));
    }
}

package org.align4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.align4j.data.PackedBatch;
import org.align4j.error.AlignException;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.nn.Parameter;
import org.align4j.nn.Parameters;
import org.align4j.optim.LrSchedule;
import org.align4j.optim.OptimizerConfig;
import org.align4j.peft.AdapterConfig;
import org.align4j.peft.AttachedAdapter;
import org.align4j.peft.ModuleSelection;
import org.align4j.tensor.NativeMemory;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.TinyFamilies;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Training leaves no native memory behind, whether its steps succeed or fail.
@Tag("memory")
class TrainingMemoryTest {
    private static final PackedBatch BATCH =
            PackedBatch.allTrained(List.of(IntStream.range(0, 20).toArray(), new int[] {3, 1, 4, 1, 5}, new int[] {2}));

    private record Live(long handles, long bytes) {
        static Live now() {
            return new Live(NativeMemory.liveHandles(), NativeMemory.liveBytes());
        }
    }

    private static Optimization optimization(Parameters trained) {
        return new Optimization(
                trained,
                new OptimizerConfig.AdamW(OptimizerConfig.AdamSettings.DEFAULT),
                0.01,
                LrSchedule.named("constant", 1e-3, 0, 1000, Map.of()),
                1);
    }

    private static void learn(CausalLm model, PackedBatch batch, Recording recording) {
        try (Scope scope = Scope.open();
                Tape tape = model.forward(
                        batch, Wanted.logps().withEntropy().withMeanLogp().withNoise(1), recording)) {
            Tensor loss = tape.logps().sum().add(tape.entropy().sum()).neg();
            for (Tensor scores : tape.routerScores()) {
                loss = loss.add(scores.square().sum());
            }
            loss.backward();
            tape.backward();
        }
    }

    private static Parameters adapted(CausalLm model, boolean dora) {
        AdapterConfig config =
                AdapterConfig.create("tiny", 3, 6, dora ? 0 : 0.2, new ModuleSelection.AllLinear(), false, dora, false);
        return AttachedAdapter.create(model, "tiny", config, 2).parameters();
    }

    private static void assertSteady(CausalLm model, Parameters trained, Recording recording) {
        try (Optimization optimization = optimization(trained)) {
            Live settled = null;
            for (int step = 0; step < 200; step++) {
                optimization.startWindow();
                learn(model, BATCH, recording);
                try (Scope scope = Scope.open()) {
                    optimization.step(step);
                }
                if (step == 9) {
                    settled = Live.now();
                }
            }
            assertThat(Live.now()).isEqualTo(settled);
        }
    }

    private static Stream<DynamicTest> ways(String name, Consumer<Recording> body) {
        return Stream.of(Recording.KEEP, Recording.RECOMPUTE)
                .map(recording -> DynamicTest.dynamicTest(name + " " + recording, () -> {
                    try (Scope scope = Scope.open()) {
                        body.accept(recording);
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> twoHundredStepsLeaveWhatTenLeft() {
        return Stream.of("llama", "gemma2", "mixtral")
                .flatMap(family -> ways(family, recording -> {
                    CausalLm model = TinyFamilies.of(family, true);
                    assertSteady(model, model.parameters(), recording);
                }));
    }

    @TestFactory
    Stream<DynamicTest> soDoAdapters() {
        return Stream.of(false, true)
                .flatMap(dora -> ways(dora ? "DoRA" : "LoRA", recording -> {
                    CausalLm model = TinyFamilies.of("llama", false);
                    assertSteady(model, adapted(model, dora), recording);
                }));
    }

    @TestFactory
    Stream<DynamicTest> aPassThatFailsLeavesNothing() {
        return ways("a pass", recording -> {
            CausalLm model = TinyFamilies.of("mixtral", true);
            learn(model, BATCH, recording);
            // In the middle of the blocks, in the head, and on the way back.
            assertLeavesNothing(() -> failInBlock(model, recording));
            assertLeavesNothing(() -> failInEmbedding(model, recording));
            assertLeavesNothing(() -> failInHead(model, recording));
            assertLeavesNothing(() -> failOnTheWayBack(model, recording));
        });
    }

    private static void assertLeavesNothing(Runnable failing) {
        failing.run();
        Live before = Live.now();
        for (int i = 0; i < 5; i++) {
            failing.run();
        }
        assertThat(Live.now()).isEqualTo(before);
    }

    /// A stand-in of the wrong shape makes the second block fail.
    private static void failInBlock(CausalLm model, Recording recording) {
        failWith(model.parameters().get("layers.1.attention_out"), model, recording);
    }

    private static void failInHead(CausalLm model, Recording recording) {
        failWith(model.parameters().get("head"), model, recording);
    }

    private static void failWith(Parameter broken, CausalLm model, Recording recording) {
        try {
            broken.standIn(model.parameters().get("layers.0.mlp_norm"));
            assertThatThrownBy(() -> learn(model, BATCH, recording)).isInstanceOf(AlignException.Tensor.class);
        } finally {
            broken.standIn(null);
        }
    }

    private static void failInEmbedding(CausalLm model, Recording recording) {
        PackedBatch unknown = PackedBatch.ofSequence(1, 2, TinyFamilies.VOCABULARY, 3);
        assertThatThrownBy(() -> learn(model, unknown, recording)).isInstanceOf(AlignException.Tensor.class);
    }

    private static void failOnTheWayBack(CausalLm model, Recording recording) {
        Parameter broken = model.parameters().get("layers.0.qkv");
        try (Scope scope = Scope.open();
                Tape tape = model.forward(BATCH, Wanted.logps(), recording)) {
            tape.logps().sum().backward();
            broken.standIn(model.parameters().get("layers.0.mlp_norm"));
            assertThatThrownBy(tape::backward).isInstanceOf(AlignException.Tensor.class);
        } finally {
            broken.standIn(null);
        }
    }

    @Test
    void evaluationLeavesNothing() {
        try (Scope outer = Scope.open()) {
            CausalLm model = TinyFamilies.of("gemma2", false);
            Runnable evaluation = () -> {
                try (Scope scope = Scope.open();
                        Tape tape = model.forward(BATCH, Wanted.logps(), Recording.NONE)) {
                    assertThat(tape.logps().toFloats()).hasSize(BATCH.trainedTokens());
                }
            };
            evaluation.run();
            Live before = Live.now();
            for (int i = 0; i < 20; i++) {
                evaluation.run();
            }
            assertThat(Live.now()).isEqualTo(before);
        }
    }
}

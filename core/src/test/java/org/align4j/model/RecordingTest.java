package org.align4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.align4j.data.PackedBatch;
import org.align4j.model.CausalLm.Recording;
import org.align4j.nn.Parameters;
import org.align4j.peft.AdapterConfig;
import org.align4j.peft.AttachedAdapter;
import org.align4j.peft.ModuleSelection;
import org.align4j.tensor.DType;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.Gradients;
import org.align4j.testing.TinyFamilies;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Computing a block again gives the very bits that keeping it gives.
class RecordingTest {
    private static final PackedBatch BATCH = PackedBatch.allTrained(
            List.of(IntStream.range(0, 40).map(t -> t * t % 23).toArray(), new int[] {3, 1, 4, 1, 5}));

    private static Map<String, float[]> gradients(CausalLm model, Parameters trained, Recording recording) {
        Wanted wanted = Wanted.logps().withNoise(5).withSeed(21).withEntropy();
        return Gradients.after(trained, () -> {
            try (Scope scope = Scope.open();
                    Tape tape = model.forward(BATCH, wanted, recording)) {
                Tensor loss = tape.logps().sum().sub(tape.entropy().sum());
                for (Tensor scores : tape.routerScores()) {
                    loss = loss.add(scores.square().sum());
                }
                loss.backward();
                tape.backward();
            }
        });
    }

    private static void assertSame(CausalLm model, Parameters trained) {
        Map<String, float[]> kept = gradients(model, trained, Recording.KEEP);
        Map<String, float[]> recomputed = gradients(model, trained, Recording.RECOMPUTE);
        assertThat(recomputed).containsOnlyKeys(kept.keySet());
        kept.forEach((name, gradient) -> {
            assertThat(recomputed.get(name)).as(name).isEqualTo(gradient);
            assertThat(gradient).as(name).isNotEmpty();
        });
        assertThat(kept.values().stream().anyMatch(gradient -> gradient[0] != 0))
                .isTrue();
    }

    @TestFactory
    Stream<DynamicTest> keptAndRecomputedGradientsAreTheSameBits() {
        return TinyFamilies.names().stream()
                .flatMap(family -> Stream.of(DType.FLOAT32, DType.BFLOAT16)
                        .map(dtype -> DynamicTest.dynamicTest(family + " " + dtype, () -> {
                            try (Scope scope = Scope.open()) {
                                CausalLm model = TinyFamilies.of(family, dtype, true);
                                assertSame(model, model.parameters());
                            }
                        })));
    }

    @TestFactory
    Stream<DynamicTest> adaptersWithDropoutRepeatTheirDraws() {
        return TinyFamilies.names().stream()
                .map(family -> DynamicTest.dynamicTest(family, () -> {
                    try (Scope scope = Scope.open()) {
                        CausalLm model = TinyFamilies.of(family, false);
                        AdapterConfig config = AdapterConfig.create(
                                "tiny", 3, 6, 0.3, new ModuleSelection.AllLinear(), false, false, false);
                        AttachedAdapter adapter = AttachedAdapter.create(model, "tiny", config, 2);
                        adapter.parameters()
                                .all()
                                .forEach(parameter -> parameter.master().add_(0.05));
                        adapter.parameters().refresh();
                        assertSame(model, adapter.parameters());
                    }
                }));
    }
}

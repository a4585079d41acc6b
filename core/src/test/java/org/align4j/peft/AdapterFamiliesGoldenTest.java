package org.align4j.peft;

import static org.align4j.testing.Shared.goldenCase;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.align4j.checkpoint.HfModel;
import org.align4j.data.PackedBatch;
import org.align4j.error.AlignException;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.nn.Parameters;
import org.align4j.peft.AdapterConfig.Initialisation;
import org.align4j.tensor.DType;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.Shared;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// What holds of an adapter on any family, on every golden base.
class AdapterFamiliesGoldenTest {
    private static final PackedBatch BATCH = PackedBatch.allTrained(
            List.of(new int[] {5, 9, 17, 33, 65, 2, 7}, new int[] {11, 4, 90, 41}, new int[] {3, 60}));

    private interface Check {
        void of(Path base);
    }

    private static List<DynamicTest> onEveryBase(String what, Check check) {
        return Shared.goldenFolders("models", "config.json").stream()
                .map(base -> goldenCase("models", base.getFileName() + " " + what, () -> check.of(base)))
                .toList();
    }

    private static AdapterConfig config(Initialisation initialisation, boolean dora, List<String> saved) {
        return new AdapterConfig(
                Optional.of("base"),
                3,
                1.5,
                0,
                new ModuleSelection.AllLinear(),
                Optional.empty(),
                false,
                dora,
                new LinkedHashMap<>(),
                new LinkedHashMap<>(),
                Optional.empty(),
                List.of(),
                saved,
                false,
                initialisation,
                Optional.of("CAUSAL_LM"),
                new LinkedHashMap<>());
    }

    private static CausalLm load(Path base) {
        return HfModel.load(base, DType.FLOAT32, Shared.device(), false).model();
    }

    private static float[] logits(CausalLm model) {
        return model.logits(model.hidden(BATCH)).toFloats();
    }

    private static void assertClose(String what, float[] computed, float[] expected) {
        assertThat(computed).hasSameSizeAs(expected);
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(computed[i] - expected[i]) / (1 + Math.abs(expected[i])));
        }
        assertThat(largest).as(what).isLessThan(2e-4);
    }

    @TestFactory
    List<DynamicTest> aNewAdapterChangesNothing() {
        return onEveryBase("new adapter", base -> {
            try (Scope scope = Scope.open()) {
                CausalLm model = load(base);
                float[] before = logits(model);
                AttachedAdapter.create(model, "base", config(Initialisation.DEFAULT, false, List.of()), 1);
                assertThat(logits(model)).isEqualTo(before);
            }
        });
    }

    @TestFactory
    List<DynamicTest> attachedFoldedAndReloadedAreTheSame(@TempDir Path folder) {
        return onEveryBase("folded", base -> {
            for (boolean dora : new boolean[] {false, true}) {
                try (Scope scope = Scope.open()) {
                    CausalLm model = load(base);
                    float[] before = logits(model);
                    AttachedAdapter adapter =
                            AttachedAdapter.create(model, "base", config(Initialisation.RANDOM, dora, List.of()), 1);
                    Magnitudes.stretch(adapter);
                    float[] attached = logits(model);
                    assertThat(attached).isNotEqualTo(before);
                    Path saved = folder.resolve(base.getFileName() + "-" + dora);
                    adapter.save(saved);
                    adapter.disable();
                    assertThat(logits(model)).isEqualTo(before);
                    adapter.merge();
                    assertClose("folded", logits(model), attached);

                    CausalLm fresh = load(base);
                    AttachedAdapter reloaded = AttachedAdapter.load(fresh, "base", saved, false);
                    assertThat(logits(fresh)).isEqualTo(attached);
                    assertThat(reloaded.parameters().isTrained()).isFalse();
                    assertThat(fresh.parameters().isTrained()).isFalse();
                }
            }
        });
    }

    @TestFactory
    List<DynamicTest> gradientsAreThoseOfFiniteDifferences() {
        return onEveryBase("differences", base -> {
            try (Scope scope = Scope.open()) {
                CausalLm model = load(base);
                AttachedAdapter adapter =
                        AttachedAdapter.create(model, "base", config(Initialisation.RANDOM, false, whole(model)), 1);
                Parameters parameters = adapter.parameters();
                parameters.startWindow();
                try (Tape tape = model.forward(BATCH, Wanted.logps(), Recording.KEEP)) {
                    tape.logps().mean().backward();
                    tape.backward();
                }
                parameters.finishWindow();
                for (Parameters.Range range : parameters.ranges()) {
                    double norm = range.gradient().norm2().item();
                    Tensor start = range.master().copy();
                    Tensor direction = range.gradient().mul(1 / norm);
                    double step = 2e-3 / norm;
                    range.master().copy_(start.add(direction.mul(step)));
                    double above = objective(model);
                    range.master().copy_(start.add(direction.mul(-step)));
                    double below = objective(model);
                    range.master().copy_(start);
                    double here = objective(model);
                    // Where a mixture's routing switches between the points, only one side is smooth.
                    double slope = model.architecture().experts().isEmpty()
                            ? (above - below) / (2 * step)
                            : nearest(norm, (above - here) / step, (here - below) / step);
                    assertThat(slope).isCloseTo(norm, within(1e-3 + 5e-3 * norm));
                }
            }
        });
    }

    private static double nearest(double wanted, double a, double b) {
        return Math.abs(a - wanted) < Math.abs(b - wanted) ? a : b;
    }

    /// Modules to train whole: the embedding, the head, the last norm.
    private static List<String> whole(CausalLm model) {
        List<String> modules = new ArrayList<>(List.of(model.layout().headName()));
        model.layout().weights().stream()
                .filter(weight -> List.of("embed", "final_norm").contains(weight.name()))
                .forEach(weight -> modules.add(weight.parts().getFirst().huggingFaceName()));
        return modules.stream()
                .map(name -> name.replaceFirst("\\.weight$", ""))
                .distinct()
                .toList();
    }

    private static double objective(CausalLm model) {
        try (Scope scope = Scope.open();
                Tape tape = model.forward(BATCH, Wanted.logps(), Recording.NONE)) {
            return tape.logps().mean().item();
        }
    }

    @TestFactory
    List<DynamicTest> savedModulesActAndComeBack(@TempDir Path folder) {
        return onEveryBase("saved modules", base -> {
            try (Scope scope = Scope.open()) {
                CausalLm model = load(base);
                float[] before = logits(model);
                AttachedAdapter adapter =
                        AttachedAdapter.create(model, "base", config(Initialisation.DEFAULT, false, whole(model)), 1);
                assertThat(logits(model)).isEqualTo(before);
                Tensor head = model.headWeight().master();
                head.mul_(1.5);
                float[] attached = logits(model);
                assertThat(attached).isNotEqualTo(before);
                Path saved = folder.resolve(base.getFileName().toString());
                adapter.save(saved);
                CausalLm fresh = load(base);
                AttachedAdapter.load(fresh, "base", saved, true);
                assertThat(logits(fresh)).isEqualTo(attached);
                adapter.disable();
                assertThat(logits(model)).isEqualTo(before);
                adapter.enable();
                if (model.architecture().tiedHead()) {
                    // the head's copy differs from the embedding's: one tied matrix cannot be both
                    assertThatThrownBy(adapter::merge)
                            .isInstanceOf(AlignException.Config.class)
                            .hasMessageContaining("ties its head");
                    assertThat(logits(model)).isEqualTo(attached);
                } else {
                    adapter.merge();
                    assertClose("folded", logits(model), attached);
                }
            }
        });
    }

    @TestFactory
    List<DynamicTest> anAdapterOfAnotherBaseIsRefused() {
        return Shared.goldenFolders("lora", AdapterConfigFile.NAME).stream()
                .map(adapter -> goldenCase("lora", adapter.getFileName() + " on another base", () -> {
                    try (Scope scope = Scope.open()) {
                        CausalLm other = load(Shared.golden("models/gpt2"));
                        assertThatThrownBy(() -> AttachedAdapter.load(other, "gpt2", adapter, false))
                                .isInstanceOfSatisfying(
                                        AlignException.Checkpoint.class,
                                        failure ->
                                                assertThat(failure.exitCode()).isEqualTo(4))
                                .hasMessageContaining("gpt2");
                    }
                }))
                .toList();
    }
}

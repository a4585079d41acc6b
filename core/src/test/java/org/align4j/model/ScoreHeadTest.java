package org.align4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.align4j.data.PackedBatch;
import org.align4j.model.CausalLm.Recording;
import org.align4j.nn.Parameter;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.Gradients;
import org.align4j.testing.TinyFamilies;
import org.junit.jupiter.api.Test;

/// The leaf that reward and value models learn from.
class ScoreHeadTest {
    private static final PackedBatch BATCH = PackedBatch.allTrained(List.of(new int[] {1, 5, 3, 7}, new int[] {2, 4}));

    private static CausalLm model(Heads heads) {
        CausalLm model = new CausalLm(
                TinyFamilies.of("llama", false).architecture().withHeads(heads), DType.FLOAT32, Device.CPU, true);
        model.initialise(0.3, 3);
        return model;
    }

    private static float[] scores(CausalLm model, Wanted wanted, Recording recording) {
        try (Scope scope = Scope.open();
                Tape tape = model.forward(BATCH, wanted, recording)) {
            float[] scores = tape.scores().toFloats();
            if (recording != Recording.NONE) {
                Tensor loss = tape.scores().mul(Tensor.of(1f, -2f, 3f)).sum();
                (wanted.targets() ? loss.add(tape.logps().sum()) : loss).backward();
                tape.backward();
            }
            return scores;
        }
    }

    @Test
    void scoresAreTheHeadTimesTheFinalHiddenStates() {
        try (Scope scope = Scope.open()) {
            CausalLm model = model(Heads.SCALAR);
            float[] scores = scores(model, Wanted.scores(3, 0, 5), Recording.NONE);
            float[] all = model.hidden(BATCH)
                    .mm(model.scoreWeight().value().t())
                    .squeeze(1)
                    .toFloats();
            assertThat(scores).containsExactly(new float[] {all[3], all[0], all[5]}, within(1e-5f));
            assertThat(BATCH.ends()).containsExactly(3, 5);
        }
    }

    @Test
    void gradientsAreThoseOfFiniteDifferencesWithAndWithoutTokens() {
        for (Wanted wanted : List.of(Wanted.scores(3, 0, 5), Wanted.logps().withScores(3, 0, 5))) {
            try (Scope scope = Scope.open()) {
                CausalLm model = model(Heads.BOTH);
                Map<String, float[]> kept =
                        Gradients.after(model.parameters(), () -> scores(model, wanted, Recording.KEEP));
                Map<String, float[]> recomputed =
                        Gradients.after(model.parameters(), () -> scores(model, wanted, Recording.RECOMPUTE));
                Gradients.assertClose(recomputed, kept, 1e-6);
                for (String name : List.of("score", "layers.0.qkv", "embed")) {
                    differ(model, wanted, name, kept.get(name));
                }
            }
        }
    }

    private static void differ(CausalLm model, Wanted wanted, String name, float[] gradient) {
        Parameter parameter = model.parameters().get(name);
        int at = Math.min(40, gradient.length - 1);
        Tensor first = parameter.master().view(-1).narrow(0, at, 1);
        double value = first.item();
        first.fill_(value + 1e-2);
        double more = loss(model, wanted);
        first.fill_(value - 1e-2);
        double less = loss(model, wanted);
        first.fill_(value);
        assertThat((double) gradient[at]).as(name).isCloseTo((more - less) / 2e-2, within(2e-3));
    }

    private static double loss(CausalLm model, Wanted wanted) {
        try (Scope scope = Scope.open();
                Tape tape = model.forward(BATCH, wanted, Recording.NONE)) {
            double loss = tape.scores().mul(Tensor.of(1f, -2f, 3f)).sum().item();
            return wanted.targets() ? loss + tape.logps().sum().item() : loss;
        }
    }

    @Test
    void modelsWithoutAHeadForTokensGiveNoLogProbabilities() {
        try (Scope scope = Scope.open()) {
            CausalLm model = model(Heads.SCALAR);
            assertThatThrownBy(() -> model.forward(BATCH, Wanted.logps(), Recording.NONE))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("both heads");
            CausalLm language = model(Heads.LANGUAGE);
            assertThatThrownBy(() -> language.forward(BATCH, Wanted.scores(1), Recording.NONE))
                    .hasMessageContaining("scalar head");
        }
    }
}

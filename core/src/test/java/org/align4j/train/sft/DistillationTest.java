package org.align4j.train.sft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.align4j.data.PackedBatch;
import org.align4j.error.AlignException;
import org.align4j.loss.Distillation;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.SoftTargets;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.run.Metrics;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.TinyFamilies;
import org.align4j.testing.TinyModelFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Learning from a teacher's token probabilities.
class DistillationTest {
    private static final PackedBatch BATCH = PackedBatch.allTrained(List.of(new int[] {3, 1, 4, 1, 5, 9}));

    @TempDir
    Path folder;

    private TinyRuns runs;

    @BeforeEach
    void makeModelsAndData() throws IOException {
        runs = TinyRuns.in(folder);
        TinyModelFolder.save(folder.resolve("teacher"), 2);
    }

    @Test
    void aModelDoesNotDivergeFromItself() {
        try (Scope scope = Scope.open()) {
            CausalLm model = TinyFamilies.of("llama", false);
            assertThat(divergences(model, SoftTargets.of(model, BATCH, 2, 0)))
                    .containsOnly(new float[] {0}, within(1e-6f));
        }
    }

    @Test
    void divergenceIsTheSumOverTheVocabulary() {
        try (Scope scope = Scope.open()) {
            CausalLm student = TinyFamilies.of("llama", false);
            CausalLm teacher = TinyFamilies.of("qwen3", false);
            double temperature = 1.5;
            float[] own = softmax(student, temperature);
            float[] aims = softmax(teacher, temperature);
            float[] found = divergences(student, SoftTargets.of(teacher, BATCH, temperature, 0));
            for (int row = 0; row < found.length; row++) {
                double expected = 0;
                for (int v = 0; v < TinyFamilies.VOCABULARY; v++) {
                    double q = aims[row * TinyFamilies.VOCABULARY + v];
                    expected += q * Math.log(q / own[row * TinyFamilies.VOCABULARY + v]);
                }
                assertThat((double) found[row]).isCloseTo(expected, within(1e-5));
            }
        }
    }

    /// Of one token alone, the divergence is its negative log-probability.
    @Test
    void theTeachersLikeliestTokenAloneIsATarget() {
        try (Scope scope = Scope.open()) {
            CausalLm student = TinyFamilies.of("llama", false);
            CausalLm teacher = TinyFamilies.of("qwen3", false);
            float[] own = softmax(student, 1);
            float[] aims = softmax(teacher, 1);
            float[] found = divergences(student, SoftTargets.of(teacher, BATCH, 1, 1));
            for (int row = 0; row < found.length; row++) {
                int best = 0;
                for (int v = 1; v < TinyFamilies.VOCABULARY; v++) {
                    best = aims[row * TinyFamilies.VOCABULARY + v] > aims[row * TinyFamilies.VOCABULARY + best]
                            ? v
                            : best;
                }
                assertThat((double) found[row])
                        .isCloseTo(-Math.log(own[row * TinyFamilies.VOCABULARY + best]), within(1e-5));
            }
        }
    }

    @Test
    void theLossMixesBothParts() {
        try (Scope scope = Scope.open()) {
            Tensor loss = new Distillation(0.25, 2).of(Tensor.of(-1f, -3f), Tensor.of(0.5f, 0.1f), 2);
            assertThat(loss.item()).isCloseTo(0.75 * 2 + 0.25 * 4 * 0.3, within(1e-6));
        }
    }

    @Test
    void theStudentComesNearItsTeacher() {
        SftConfig config =
                runs.config("run", "distill.teacher=" + folder.resolve("teacher"), "distill.weight=1", "max_steps=60");
        runs.train(config);
        List<Metrics.Row> rows = TinyRuns.metrics(config);
        assertThat(divergence(rows.getLast())).isLessThan(0.2 * divergence(rows.getFirst()));
    }

    @Test
    void withoutWeightNothingIsLearnedFromTheTeacher() throws IOException {
        SftConfig alone = runs.config("alone", "max_steps=4");
        SftConfig beside = runs.config(
                "beside", "max_steps=4", "distill.teacher=" + folder.resolve("teacher"), "distill.weight=0");
        runs.train(alone);
        runs.train(beside);
        assertThat(TinyRuns.finalWeights(beside)).isEqualTo(TinyRuns.finalWeights(alone));
    }

    @Test
    void anInterruptedRunGoesOnExactly() throws IOException {
        String[] distill = {"distill.teacher=" + folder.resolve("teacher"), "distill.top_k=5", "max_steps=6"};
        SftConfig whole = runs.config("whole", distill);
        SftConfig parts = runs.config("parts", distill);
        runs.train(whole);
        runs.trainUntil(parts, false, 3);
        runs.resume(parts);
        assertThat(TinyRuns.finalWeights(parts)).isEqualTo(TinyRuns.finalWeights(whole));
    }

    @Test
    void smoothingBesideATeacherIsRefused() {
        assertThatThrownBy(
                        () -> runs.config("run", "distill.teacher=" + folder.resolve("teacher"), "label_smoothing=0.1"))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("label_smoothing must be 0 with distill");
    }

    private static double divergence(Metrics.Row row) {
        return row.values().getOrDefault("distill/divergence", Double.NaN);
    }

    private static float[] divergences(CausalLm student, SoftTargets soft) {
        try (Tape tape = student.forward(BATCH, Wanted.logps().withSoft(soft), Recording.NONE)) {
            return tape.divergence().toFloats();
        }
    }

    /// Probabilities at the rows that predict targets, all but the last.
    private static float[] softmax(CausalLm model, double temperature) {
        Tensor hidden = model.hidden(BATCH).narrow(0, 0, BATCH.tokenCount() - 1);
        return model.logits(hidden).mul(1 / temperature).softmaxFloat32(-1).toFloats();
    }
}

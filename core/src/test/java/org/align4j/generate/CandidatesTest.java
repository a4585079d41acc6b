package org.align4j.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.junit.jupiter.api.Test;

class CandidatesTest {
    private static final Sampling SAMPLING = Sampling.defaults().with(changed -> {
        changed.topK = 20;
        changed.topP = 0.9;
        changed.temperature = 1.3;
        changed.seed = 4;
    });

    private static int[] draw(Tensor logits, boolean logps) {
        List<Sampler.Row> rows = IntStream.range(0, (int) logits.size(0))
                .mapToObj(i -> new Sampler.Row(new DrawKey(0, i, 0), new TokenHistory(1)))
                .toList();
        return new Sampler(SAMPLING, List.of(), logps).draw(logits, rows).tokens();
    }

    @Test
    void fewColumnsGiveTheTokensThatAllColumnsGive() {
        try (Scope scope = Scope.open()) {
            Tensor logits = Tensor.uniform(-8, 8, 9, Tensor.empty(DType.FLOAT32, Device.CPU, 200, 4000));
            assertThat(Candidates.best(logits, SAMPLING.processors(List.of()))).isNotNull();
            // With log-probabilities all columns are looked at.
            assertThat(draw(logits, false)).isEqualTo(draw(logits, true));
        }
    }

    @Test
    void tiesBeyondTheCandidatesAreLeftToTheThoroughWay() {
        try (Scope scope = Scope.open()) {
            Tensor logits = Tensor.zeros(DType.FLOAT32, Device.CPU, 50, 4000);
            assertThat(Candidates.best(logits, SAMPLING.processors(List.of()))).isNull();
            assertThat(draw(logits, false)).isEqualTo(draw(logits, true));
        }
    }

    @Test
    void penaltiesNeedAllColumns() {
        try (Scope scope = Scope.open()) {
            Tensor logits = Tensor.zeros(DType.FLOAT32, Device.CPU, 1, 4000);
            Sampling penalised = SAMPLING.with(changed -> changed.repetitionPenalty = 1.2);
            assertThat(Candidates.best(logits, penalised.processors(List.of()))).isNull();
        }
    }
}

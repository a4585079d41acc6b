package org.align4j.train.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.OptionalDouble;
import org.align4j.data.Source;
import org.align4j.data.TokenizedExample;
import org.align4j.loss.preference.Davidson;
import org.align4j.loss.preference.Dpo;
import org.align4j.loss.preference.PlackettLuce;
import org.align4j.loss.preference.PreferenceLoss;
import org.align4j.loss.preference.RaoKupper;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.junit.jupiter.api.Test;

class PairBatchTest {
    private static TokenizedExample answer(int... tokens) {
        boolean[] mask = new boolean[tokens.length];
        mask[tokens.length - 1] = true;
        return new TokenizedExample(tokens, mask, Source.memory(0));
    }

    private static double loss(PreferenceLoss loss, int chosen, double probability) {
        PairBatch batch = PairBatch.of(List.of(new PairGroup(
                List.of(answer(1, 2), answer(1, 3)),
                List.of(new PairGroup.Pair(chosen, 1 - chosen, false, probability)))));
        try (Scope scope = Scope.open()) {
            Tensor policy = Tensor.of(-1f, -3f);
            Tensor reference = Tensor.of(-2f, -1.5f);
            return batch.losses(loss, batch.pairs(policy, reference, OptionalDouble.empty()))
                    .item();
        }
    }

    @Test
    void aSoftLabelIsBothOrdersEachWithItsProbability() {
        for (PreferenceLoss loss :
                List.of(Dpo.of(0.5), new Davidson(0.5, 1), new RaoKupper(0.5, 3), new PlackettLuce(0.5))) {
            double both = 0.8 * loss(loss, 0, 1) + 0.2 * loss(loss, 1, 1);
            assertThat(loss(loss, 0, 0.8)).as("%s", loss).isCloseTo(both, within(1e-6));
            assertThat(loss(loss, 0, 1)).isLessThan(loss(loss, 1, 1));
        }
    }
}

package org.align4j.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.align4j.data.preference.Preference;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.Shared;
import org.align4j.testing.TensorFile;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// `losses/reward`: TRL's loss with margins and centring, values and gradients within 1e-6 and 1e-5
/// relative.
class RewardLossGoldenTest {
    private static final List<String> IDS = List.of("chosen", "rejected");

    @TestFactory
    Stream<DynamicTest> agreesWithTrl() {
        Path file = Shared.golden("losses/reward.json");
        if (!Files.exists(file)) {
            return Stream.empty();
        }
        return StreamSupport.stream(Shared.json(file).get("cases").spliterator(), false)
                .map(each -> Shared.goldenCase("losses/reward", each.get("name").stringValue(), () -> check(each)));
    }

    private static void check(JsonNode golden) {
        Path file = Shared.golden("losses/reward.safetensors");
        String name = golden.get("name").stringValue();
        try (Scope scope = Scope.open();
                TensorFile tensors = new TensorFile(file)) {
            Tensor chosen = Shared.tensor(tensors.floats("in.chosen")).requiresGrad();
            Tensor rejected = Shared.tensor(tensors.floats("in.rejected")).requiresGrad();
            float[] margins = tensors.floats("in.margin");
            RewardLoss loss = new RewardLoss.BradleyTerry(
                    0, golden.get("margin").booleanValue(), RewardLoss.BradleyTerry.Ties.HALF);
            JsonNode centring = golden.get("center_rewards_coefficient");
            Tensor scores = Tensor.stack(List.of(chosen, rejected), 1);
            List<Tensor> losses = new ArrayList<>();
            for (int b = 0; b < margins.length; b++) {
                Tensor pair = scores.narrow(0, b, 1).reshape(2);
                Preference preference =
                        new Preference("chosen", "rejected", false, Optional.of((double) margins[b]), Optional.empty());
                Tensor each = loss.of(pair, IDS, preference);
                losses.add(centring.isNull() ? each : each.add(Centring.of(pair).mul(centring.doubleValue())));
            }
            Tensor mean = Tensor.stack(losses, 0).mean();
            mean.backward();
            near(mean.toFloats(), tensors.floats(name + "/loss"));
            near(chosen.grad().toFloats(), tensors.floats(name + "/grad.chosen"));
            near(rejected.grad().toFloats(), tensors.floats(name + "/grad.rejected"));
        }
    }

    private static void near(float[] actual, float[] wanted) {
        assertThat(actual).hasSameSizeAs(wanted);
        for (int i = 0; i < wanted.length; i++) {
            assertThat(actual[i]).isCloseTo(wanted[i], within((float) (1e-6 + 1e-5 * Math.abs(wanted[i]))));
        }
    }
}

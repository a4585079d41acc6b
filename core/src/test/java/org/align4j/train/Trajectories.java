package org.align4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.align4j.nn.Parameters;
import org.align4j.optim.LrSchedule;
import org.align4j.optim.OptimizerConfig;
import org.align4j.tensor.Tensor;
import org.align4j.testing.Shared;
import org.align4j.testing.TensorFile;
import tools.jackson.databind.JsonNode;

/// What the replays of other trainers' steps share: the optimiser as they set it, and how near
/// the figures and the weights must come.
public final class Trajectories {
    private Trajectories() {}

    public static Optimization optimization(Parameters trained, JsonNode config) {
        return new Optimization(
                trained,
                new OptimizerConfig.AdamW(OptimizerConfig.AdamSettings.DEFAULT),
                config.get("weight_decay").asDouble(),
                LrSchedule.named(
                        config.get("lr_scheduler_type").asString(),
                        config.get("learning_rate").asDouble(),
                        config.get("warmup_steps").asLong(),
                        config.get("max_steps").asLong(),
                        Map.of()),
                config.get("max_grad_norm").asDouble());
    }

    public static void assertStep(JsonNode step, double loss, Optimization.Outcome outcome) {
        int number = step.get("step").asInt();
        assertThat(loss).as("loss of step " + number).isCloseTo(step.get("loss").asDouble(), within(1e-4));
        double norm = step.get("grad_norm").asDouble();
        assertThat(outcome.gradientNorm()).as("gradient norm of step " + number).isCloseTo(norm, within(1e-3 * norm));
        assertThat(outcome.learningRate()).isCloseTo(step.get("learning_rate").asDouble(), within(1e-12));
    }

    public static void assertClose(Map<String, Tensor> weights, TensorFile wanted) {
        for (String name : wanted.names()) {
            assertThat(weights.get(name).toFloats()).as(name).hasSize(wanted.floats(name).length);
            assertThat(weights.get(name)
                            .sub(Shared.tensor(wanted.floats(name)).view(wanted.shape(name)))
                            .abs()
                            .reshape(-1)
                            .amax(0, false)
                            .item())
                    .as(name)
                    .isLessThan(1e-3);
        }
    }
}

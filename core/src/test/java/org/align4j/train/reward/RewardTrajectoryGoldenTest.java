package org.align4j.train.reward;

import static org.align4j.testing.Shared.goldenCase;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.align4j.checkpoint.HfModel;
import org.align4j.checkpoint.WeightExport;
import org.align4j.data.PackedBatch;
import org.align4j.data.Source;
import org.align4j.data.TokenizedExample;
import org.align4j.data.preference.Preference;
import org.align4j.loss.Centring;
import org.align4j.loss.RewardLoss;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Heads;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.tensor.DType;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.Shared;
import org.align4j.testing.TensorFile;
import org.align4j.train.Optimization;
import org.align4j.train.Trajectories;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// Optimiser steps of TRL's RewardTrainer, replayed: losses, accuracies, gradient norms and
/// weights.
class RewardTrajectoryGoldenTest {
    private static final List<String> IDS = List.of("chosen", "rejected");

    @TestFactory
    List<DynamicTest> replaysTrl() {
        return Shared.goldenFolders("trajectories", "run.json").stream()
                .filter(folder -> folder.getFileName().toString().startsWith("reward"))
                .map(folder -> goldenCase("trajectories", folder.getFileName().toString(), () -> replay(folder)))
                .toList();
    }

    private static void replay(Path folder) {
        JsonNode run = Shared.json(folder.resolve("run.json"));
        Path base = Shared.golden(run.get("base_model").asString());
        try (Scope scope = Scope.open();
                TensorFile batches = new TensorFile(folder.resolve("batches.safetensors"));
                TensorFile first = new TensorFile(folder.resolve("init.safetensors"));
                TensorFile wanted = new TensorFile(folder.resolve("final.safetensors"))) {
            CausalLm model = HfModel.load(base, DType.FLOAT32, Shared.device(), true, Heads.SCALAR)
                    .model();
            Tensor head = Shared.tensor(first.floats("score.weight")).view(first.shape("score.weight"));
            model.scoreWeight().master().copy_(head);
            model.parameters().refresh();
            try (Optimization optimization = Trajectories.optimization(model.parameters(), run.get("config"))) {
                for (JsonNode step : run.get("steps")) {
                    replayStep(model, optimization, batches, run, step);
                }
            }
            Trajectories.assertClose(WeightExport.masters(model), wanted);
        }
    }

    private static void replayStep(
            CausalLm model, Optimization optimization, TensorFile batches, JsonNode run, JsonNode step) {
        int number = step.get("step").asInt();
        int microBatches = run.get("micro_batches_per_step").asInt();
        double centring = run.get("config").get("center_rewards_coefficient").asDouble(0);
        double loss = 0;
        optimization.startWindow();
        for (int i = 0; i < microBatches; i++) {
            List<List<TokenizedExample>> pairs = pairs(batches, "%02d.%d.".formatted(number, i));
            PackedBatch batch = model.pack(pairs);
            try (Scope scope = Scope.open();
                    Tape tape = model.forward(batch, Wanted.scores(batch.ends()), Recording.KEEP)) {
                List<Tensor> losses = new ArrayList<>();
                for (int pair = 0; pair < pairs.size(); pair++) {
                    Tensor scores = tape.scores().narrow(0, 2L * pair, 2);
                    losses.add(RewardLoss.BradleyTerry.plain()
                            .of(scores, IDS, Preference.strict("chosen", "rejected"))
                            .add(Centring.of(scores).mul(centring)));
                }
                Tensor part = Tensor.stack(losses, 0).mean().mul(1.0 / microBatches);
                loss += part.item();
                part.backward();
                tape.backward();
            }
        }
        Optimization.Outcome outcome = optimization.step(number - 1);
        assertThat(loss).as("loss of step " + number).isCloseTo(step.get("loss").asDouble(), within(1e-4));
        double norm = step.get("grad_norm").asDouble();
        assertThat(outcome.gradientNorm()).as("gradient norm of step " + number).isCloseTo(norm, within(1e-3 * norm));
    }

    /// The padded rows: all chosen ones, then all rejected ones. The answers are not told apart
    /// from the prompts, so that each text's own tokens are its answer's.
    private static List<List<TokenizedExample>> pairs(TensorFile file, String prefix) {
        long[] shape = file.shape(prefix + "input_ids");
        int[] ids = file.ints(prefix + "input_ids");
        int[] mask = file.ints(prefix + "attention_mask");
        int width = (int) shape[1];
        int half = (int) shape[0] / 2;
        return IntStream.range(0, half)
                .mapToObj(pair ->
                        List.of(row(ids, mask, pair * width, width), row(ids, mask, (half + pair) * width, width)))
                .toList();
    }

    private static TokenizedExample row(int[] ids, int[] mask, int from, int width) {
        int length = IntStream.range(from, from + width).map(i -> mask[i]).sum();
        boolean[] none = new boolean[length];
        return new TokenizedExample(Arrays.copyOfRange(ids, from, from + length), none, Source.memory(from));
    }
}

package org.align4j.train.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.checkpoint.HfModel;
import org.align4j.checkpoint.WeightExport;
import org.align4j.data.PackedBatch;
import org.align4j.loss.Aggregation;
import org.align4j.loss.KlEstimator;
import org.align4j.loss.PolicyLoss;
import org.align4j.loss.PolicyObjective;
import org.align4j.loss.PolicyObjective.RatioOf;
import org.align4j.loss.PolicyTokens;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.optim.LrSchedule;
import org.align4j.optim.OptimizerConfig;
import org.align4j.tensor.DType;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.testing.Padded;
import org.align4j.testing.Shared;
import org.align4j.testing.TensorFile;
import org.align4j.train.Optimization;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// Optimiser steps of TRL's GRPO trainer, replayed: losses, gradient norms and weights.
class PolicyTrajectoriesGoldenTest {
    @TestFactory
    List<DynamicTest> groupRelativePolicyOptimisation() {
        return Shared.goldenFolders("trajectories", "run.json").stream()
                .filter(folder -> folder.getFileName().toString().startsWith("grpo"))
                .map(folder ->
                        Shared.goldenCase("trajectories", folder.getFileName().toString(), () -> replay(folder)))
                .toList();
    }

    private static void replay(Path folder) {
        JsonNode run = Shared.json(folder.resolve("run.json"));
        JsonNode config = run.get("config");
        try (Scope scope = Scope.open();
                TensorFile batches = new TensorFile(folder.resolve("batches.safetensors"));
                TensorFile wanted = new TensorFile(folder.resolve("final.safetensors"))) {
            CausalLm model = HfModel.load(
                            Shared.golden(run.get("base_model").asString()), DType.FLOAT32, Shared.device(), true)
                    .model();
            try (Optimization optimization = new Optimization(
                    model.parameters(),
                    new OptimizerConfig.AdamW(OptimizerConfig.AdamSettings.DEFAULT),
                    config.get("weight_decay").asDouble(),
                    LrSchedule.named(
                            config.get("lr_scheduler_type").asString(),
                            config.get("learning_rate").asDouble(),
                            config.get("warmup_steps").asLong(),
                            config.get("max_steps").asLong(),
                            Map.of()),
                    config.get("max_grad_norm").asDouble())) {
                for (JsonNode step : run.get("steps")) {
                    replayStep(model, optimization, batches, run, step);
                }
            }
            Map<String, Tensor> weights = WeightExport.masters(model);
            for (String name : wanted.names()) {
                double difference = weights.get(name)
                        .sub(Shared.tensor(wanted.floats(name)).view(wanted.shape(name)))
                        .abs()
                        .reshape(-1)
                        .amax(0, false)
                        .item();
                assertThat(difference).as(name).isLessThan(1e-3);
            }
        }
    }

    private static void replayStep(
            CausalLm model, Optimization optimization, TensorFile file, JsonNode run, JsonNode step) {
        int number = step.get("step").asInt();
        int microBatches = run.get("micro_batches_per_step").asInt();
        double loss = 0;
        optimization.startWindow();
        for (int i = 0; i < microBatches; i++) {
            loss += backward(model, file, "%02d.%d.".formatted(number, i), run.get("config"), microBatches);
        }
        Optimization.Outcome outcome = optimization.step(number - 1);
        assertThat(loss).as("loss of step " + number).isCloseTo(step.get("loss").asDouble(), within(1e-4));
        double norm = step.get("grad_norm").asDouble();
        assertThat(outcome.gradientNorm()).as("gradient norm of step " + number).isCloseTo(norm, within(1e-3 * norm));
        assertThat(outcome.learningRate()).isCloseTo(step.get("learning_rate").asDouble(), within(1e-12));
    }

    private static double backward(CausalLm model, TensorFile file, String prefix, JsonNode config, int microBatches) {
        Padded answers = new Padded(file.shape(prefix + "completion_ids"), file.ints(prefix + "completion_mask"));
        try (Scope scope = Scope.open();
                Tape tape = model.forward(batch(file, prefix), Wanted.logps(), Recording.KEEP)) {
            Tensor old = file.has(prefix + "old_per_token_logps")
                    ? answers.pack(file.floats(prefix + "old_per_token_logps"))
                    : tape.logps().detach();
            PolicyTokens tokens = new PolicyTokens(
                    tape.logps(),
                    old,
                    file.has(prefix + "ref_per_token_logps")
                            ? Optional.of(answers.pack(file.floats(prefix + "ref_per_token_logps")))
                            : Optional.empty(),
                    Optional.empty(),
                    answers.pack(answers.spread(file.floats(prefix + "advantages"))),
                    answers.lengths());
            PolicyObjective.Terms terms =
                    objective(config).of(tokens, window(file, prefix, config, answers, microBatches));
            terms.loss().backward();
            tape.backward();
            return terms.loss().item();
        }
    }

    private static PolicyObjective objective(JsonNode config) {
        double low = config.path("epsilon").asDouble(0.2);
        return PolicyObjective.of(
                        new PolicyLoss.Clipped(
                                low,
                                config.path("epsilon_high").asDouble(low),
                                config.path("delta").asDouble(0)),
                        config.path("importance_sampling_level")
                                        .asString("token")
                                        .equals("token")
                                ? RatioOf.TOKEN
                                : RatioOf.OUTPUT_MEAN,
                        aggregation(config))
                .withKl(
                        config.path("beta").asDouble(0),
                        KlEstimator.K3,
                        config.path("use_bias_correction_kl").asBoolean(true));
    }

    private static Aggregation aggregation(JsonNode config) {
        return switch (config.path("loss_type").asString("dapo")) {
            case "grpo" -> new Aggregation.OutputMean();
            case "bnpo" -> new Aggregation.MicroBatchTokenMean();
            case "dr_grpo" ->
                new Aggregation.ConstantLength(
                        config.get("max_completion_length").asInt());
            case "luspo" -> new Aggregation.ConstantLength(1);
            default -> new Aggregation.TokenMean();
        };
    }

    private static Aggregation.Window window(
            TensorFile file, String prefix, JsonNode config, Padded answers, int microBatches) {
        boolean counted = file.has(prefix + "num_items_in_batch");
        long tokens = counted
                ? file.longs(prefix + "num_items_in_batch")[0]
                : Aggregation.Window.of(answers.lengths()).tokens();
        return new Aggregation.Window((long) answers.lengths().length * microBatches, tokens, microBatches);
    }

    private static PackedBatch batch(TensorFile file, String prefix) {
        int[] prompts = file.ints(prefix + "prompt_ids");
        int[] promptMask = file.ints(prefix + "prompt_mask");
        int[] answers = file.ints(prefix + "completion_ids");
        int[] answerMask = file.ints(prefix + "completion_mask");
        int rows = (int) file.shape(prefix + "prompt_ids")[0];
        List<int[]> sequences = new ArrayList<>();
        List<boolean[]> masks = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            List<Integer> tokens = new ArrayList<>(real(prompts, promptMask, row, rows));
            int given = tokens.size();
            tokens.addAll(real(answers, answerMask, row, rows));
            boolean[] mask = new boolean[tokens.size()];
            Arrays.fill(mask, given, mask.length, true);
            sequences.add(tokens.stream().mapToInt(Integer::intValue).toArray());
            masks.add(mask);
        }
        return PackedBatch.of(sequences, masks);
    }

    private static List<Integer> real(int[] ids, int[] mask, int row, int rows) {
        int columns = ids.length / rows;
        List<Integer> tokens = new ArrayList<>();
        for (int i = row * columns; i < (row + 1) * columns; i++) {
            if (mask[i] == 1) {
                tokens.add(ids[i]);
            }
        }
        return tokens;
    }
}

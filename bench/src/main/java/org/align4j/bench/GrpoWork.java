package org.align4j.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.align4j.config.Configuration;
import org.align4j.rl.reward.Attempt;
import org.align4j.rl.reward.RewardFunction;
import org.align4j.run.Metrics;
import org.align4j.tensor.DType;
import org.align4j.train.policy.GrpoConfig;
import org.align4j.train.policy.GrpoTrainer;

/// GRPO or RLOO on GSM8K's questions: 2 prompts × 8 answers of at most 64 tokens an iteration, 4
/// iterations, a live reference, a reward that costs nothing.
final class GrpoWork {
    private static final int STEPS = 4;

    private GrpoWork() {}

    /// What the peers' reward is: the length modulo 7.
    public static final class LengthModuloSeven implements RewardFunction {
        @Override
        public double[] of(List<Attempt> attempts) {
            return attempts.stream()
                    .mapToDouble(attempt -> attempt.response().length() % 7)
                    .toArray();
        }
    }

    /// @param variant `grpo` or `rloo`
    static Map<String, Object> run(
            String variant, Path modelFolder, Path data, DType precision, boolean lean, boolean lora) {
        List<String> settings = new ArrayList<>(List.of(
                "model=" + modelFolder,
                "data.train=[" + data.resolve("instruction/gsm8k/train.jsonl") + "]",
                "data.columns={prompt: question}",
                "data.limit=32",
                "data.shuffle=false",
                "rewards=[{type: java, name: \"" + LengthModuloSeven.class.getName() + "\"}]",
                "rollout.prompts=2",
                "rollout.group_size=8",
                "rollout.max_new_tokens=64",
                "loss.variant=" + variant,
                "loss.beta=" + (variant.equals("rloo") ? 0.05 : 0.04),
                "schedule=linear",
                "iterations=" + STEPS,
                "device=" + Bench.device(),
                "lean=" + lean,
                "precision=" + (precision == DType.BFLOAT16 ? "bf16" : "fp32")));
        if (lora) {
            settings.addAll(List.of("lora.rank=16", "lora.alpha=32"));
        }
        return result(StepTimes.of(
                        folder -> {
                            settings.add("output=" + folder);
                            return Configuration.of(GrpoConfig.class, settings);
                        },
                        GrpoTrainer::run)
                .steps());
    }

    private static Map<String, Object> result(List<Map<String, Double>> steps) {
        StepTimes times = new StepTimes(steps);
        double[] warm = times.values(Metrics.STEP_SECONDS, 1);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("step_seconds", StepTimes.median(warm));
        result.put("mean_step_seconds", Arrays.stream(warm).average().orElseThrow());
        result.put("all_seconds", times.values(Metrics.STEP_SECONDS, 0));
        for (String part : List.of("generate", "reward", "old", "reference", "learn")) {
            result.put(part + "_seconds", StepTimes.median(times.values("time/" + part, 1)));
        }
        result.put(
                "generated_tokens_per_second",
                16
                        * StepTimes.median(times.values("completions/mean_length", 1))
                        / StepTimes.median(times.values("time/generate", 1)));
        result.put("tokens_per_step", steps.getLast().getOrDefault(Metrics.TOKENS, 0.0) / steps.size());
        result.put("losses", times.values(Metrics.LOSS, 0));
        return result;
    }
}

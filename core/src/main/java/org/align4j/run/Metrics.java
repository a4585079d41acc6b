package org.align4j.run;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// `metrics.jsonl`: one object a logged step. The names below mean the same in every algorithm;
/// each adds its own.
public final class Metrics implements AutoCloseable {
    /// Optimizer steps done.
    public static final String STEP = "step";
    /// Mean loss of the step, over trained tokens or as the algorithm says.
    public static final String LOSS = "loss";
    /// Mean loss on the evaluation split.
    public static final String EVAL_LOSS = "eval/loss";
    /// Mean reward of the answers that a policy learns from.
    public static final String REWARD = "reward";
    /// Mean reward of answers to held-out prompts.
    public static final String EVAL_REWARD = "eval/reward";
    /// Mean of a reward of them that is not learned from.
    public static final String EVAL_GOLD_REWARD = "eval/gold_reward";
    /// Standard error of that mean.
    public static final String EVAL_GOLD_REWARD_ERROR = "eval/gold_reward_error";
    /// KL(π ‖ π_ref) of an answer, in nats, as these answers estimate it.
    public static final String EVAL_KL = "eval/kl";
    /// The learning rate that the step used.
    public static final String LEARNING_RATE = "learning_rate";
    /// Norm of the whole gradient before clipping.
    public static final String GRAD_NORM = "grad_norm";
    /// Tokens processed since the run began.
    public static final String TOKENS = "tokens";
    /// Tokens a second in the step.
    public static final String TOKENS_PER_SECOND = "tokens_per_second";
    /// Wall-clock seconds of the step.
    public static final String STEP_SECONDS = "step_seconds";
    /// Highest resident memory of the process so far, in bytes.
    public static final String PEAK_RSS = "peak_rss";

    private final JsonLines lines;

    Metrics(Path file) {
        this.lines = new JsonLines(file);
    }

    /// What was logged at one step.
    public record Row(long step, Map<String, Double> values) {}

    /// Appends one line and hands it to the system. NaN and infinities are written as strings.
    public void append(long step, Map<String, ? extends Number> values) {
        Map<String, Number> row = new LinkedHashMap<>();
        row.put(STEP, step);
        row.putAll(values);
        lines.append(row);
    }

    /// Cuts off what was logged after `step`, for a run that goes on from there.
    public void cutAfter(long step) {
        lines.cutAfter(step);
    }

    @Override
    public void close() {
        lines.close();
    }

    /// The rows of a `metrics.jsonl` by step; lines of one step become one row.
    public static List<Row> read(Path file) {
        Map<Long, Map<String, Double>> rows = new TreeMap<>();
        for (JsonNode line : JsonLines.read(file)) {
            Map<String, Double> row = rows.computeIfAbsent(line.path(STEP).asLong(0), _ -> new LinkedHashMap<>());
            line.forEachEntry((name, value) -> {
                if (!name.equals(STEP)) {
                    row.put(name, number(value));
                }
            });
        }
        return rows.entrySet().stream()
                .map(entry -> new Row(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static double number(JsonNode value) {
        return value.isNumber()
                ? value.doubleValue()
                : switch (value.asString("NaN")) {
                    case "Infinity" -> Double.POSITIVE_INFINITY;
                    case "-Infinity" -> Double.NEGATIVE_INFINITY;
                    default -> Double.NaN;
                };
    }
}

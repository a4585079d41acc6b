package org.align4j.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.checkpoint.HfModel;
import org.align4j.data.Completion;
import org.align4j.data.DataReport;
import org.align4j.data.PackedBatch;
import org.align4j.data.Prompt;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.ComparisonEncoder;
import org.align4j.data.encode.EncodeOptions;
import org.align4j.data.encode.TokenizedComparison;
import org.align4j.data.preference.Annotation;
import org.align4j.data.preference.Comparison;
import org.align4j.data.preference.Preference;
import org.align4j.data.rows.ReadOptions;
import org.align4j.data.rows.Row;
import org.align4j.data.rows.Rows;
import org.align4j.loss.preference.Completions;
import org.align4j.loss.preference.Dpo;
import org.align4j.loss.preference.Pairs;
import org.align4j.loss.preference.SequenceLogps;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.optim.LrSchedule;
import org.align4j.optim.OptimizerConfig;
import org.align4j.tensor.DType;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.tokenizer.Tokenizer;
import org.align4j.train.Optimization;

/// DPO on hh-rlhf harmless, 4 pairs a step, 8 steps, the reference in memory or its
/// log-probabilities computed before.
final class DpoWork {
    private static final int STEPS = 8;
    private static final int PAIRS = 4;
    private static final double LEARNING_RATE = 1e-6;
    private static final String ASSISTANT = "\n\nAssistant:";

    private final CausalLm model;
    private final Optimization optimization;
    private final boolean lean;

    private DpoWork(CausalLm model, Optimization optimization, boolean lean) {
        this.model = model;
        this.optimization = optimization;
        this.lean = lean;
    }

    static Map<String, Object> run(Path modelFolder, Path data, DType precision, boolean lean, boolean cached) {
        List<List<List<TokenizedExample>>> windows = windows(modelFolder, data);
        double[] seconds = new double[STEPS];
        double[] losses = new double[STEPS];
        long tokens = 0;
        try (Scope scope = Scope.open()) {
            CausalLm model =
                    HfModel.load(modelFolder, precision, Bench.device(), true).model();
            CausalLm reference = cached
                    ? model
                    : HfModel.load(modelFolder, precision, Bench.device(), false)
                            .model();
            List<Tensor> known = new ArrayList<>();
            if (cached) {
                windows.forEach(window -> known.add(sums(model, window)));
            }
            LrSchedule schedule = LrSchedule.named("linear", LEARNING_RATE, 0, STEPS, Map.of());
            try (Optimization optimization = new Optimization(
                    model.parameters(),
                    new OptimizerConfig.AdamW(OptimizerConfig.AdamSettings.DEFAULT),
                    0,
                    schedule,
                    1.0)) {
                DpoWork work = new DpoWork(model, optimization, lean);
                for (int step = 0; step < STEPS; step++) {
                    List<List<TokenizedExample>> window = windows.get(step);
                    tokens += window.stream()
                            .flatMap(List::stream)
                            .mapToInt(TokenizedExample::length)
                            .sum();
                    long start = System.nanoTime();
                    try (Scope inner = Scope.open()) {
                        losses[step] = work.step(window, cached ? known.get(step) : sums(reference, window), step);
                    }
                    seconds[step] = (System.nanoTime() - start) / 1e9;
                }
            }
        }
        double[] warm = Arrays.copyOfRange(seconds, 1, STEPS);
        double[] sorted = warm.clone();
        Arrays.sort(sorted);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("step_seconds", sorted[sorted.length / 2]);
        result.put("mean_step_seconds", Arrays.stream(warm).average().orElseThrow());
        result.put("all_seconds", seconds);
        result.put("tokens_per_step", (double) tokens / STEPS);
        result.put("losses", losses);
        return result;
    }

    /// One optimiser step.
    ///
    /// @param reference log-probabilities of the answers, chosen and rejected in turn, `[2 PAIRS]`
    private double step(List<List<TokenizedExample>> window, Tensor reference, int step) {
        optimization.startWindow();
        double value;
        PackedBatch batch = model.pack(window);
        try (Tape tape = model.forward(batch, Wanted.logps(), lean ? Recording.RECOMPUTE : Recording.KEEP)) {
            Tensor policy = SequenceLogps.sums(tape.logps(), lengths(window));
            Tensor loss = Dpo.of(0.1)
                    .of(new Pairs(side(policy, reference, 0), side(policy, reference, 1)))
                    .mean();
            value = loss.item();
            loss.backward();
            tape.backward();
        }
        optimization.step(step);
        return value;
    }

    private static Completions side(Tensor policy, Tensor reference, int which) {
        Tensor lengths = Tensor.full(1, DType.FLOAT32, Bench.device(), PAIRS);
        return new Completions(
                policy.view(PAIRS, 2).narrow(1, which, 1).squeeze(1),
                reference.view(PAIRS, 2).narrow(1, which, 1).squeeze(1),
                lengths);
    }

    private static Tensor sums(CausalLm model, List<List<TokenizedExample>> window) {
        try (Tape tape = model.forward(model.pack(window), Wanted.logps(), Recording.NONE)) {
            return SequenceLogps.sums(tape.logps(), lengths(window));
        }
    }

    private static int[] lengths(List<List<TokenizedExample>> window) {
        return window.stream()
                .flatMap(List::stream)
                .mapToInt(TokenizedExample::trainedTokens)
                .toArray();
    }

    /// The pairs of each step, chosen first. As for the peers, prompts are texts, not
    /// conversations.
    private static List<List<List<TokenizedExample>>> windows(Path modelFolder, Path data) {
        DataReport report = new DataReport();
        List<Comparison> comparisons = new ArrayList<>();
        String file = data.resolve("preference/hh_rlhf_harmless/harmless-base.jsonl.gz")
                .toString();
        try (Rows rows = Rows.open(List.of(file), ReadOptions.DEFAULT, report)) {
            while (rows.hasNext() && comparisons.size() < STEPS * PAIRS) {
                comparisons.add(comparison(rows.next()));
            }
        }
        EncodeOptions options =
                new EncodeOptions(Optional.of(false), EncodeOptions.LossOn.COMPLETION, 512, EncodeOptions.Truncate.END);
        List<TokenizedComparison> encoded;
        try (Tokenizer tokenizer = Tokenizer.load(modelFolder)) {
            encoded = new ComparisonEncoder(tokenizer, Optional.empty(), options, report).encodeAll(comparisons);
        }
        if (encoded.size() < STEPS * PAIRS) {
            throw new IllegalStateException("rows cannot be used: " + report.summary());
        }
        List<List<List<TokenizedExample>>> windows = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            windows.add(encoded.subList(step * PAIRS, (step + 1) * PAIRS).stream()
                    .map(TokenizedComparison::outputs)
                    .toList());
        }
        return windows;
    }

    private static Comparison comparison(Row row) {
        String chosen = text(row, "chosen");
        int cut = chosen.lastIndexOf(ASSISTANT) + ASSISTANT.length();
        Map<String, Completion> outputs = new LinkedHashMap<>();
        outputs.put("chosen", Completion.of(chosen.substring(cut)));
        outputs.put("rejected", Completion.of(text(row, "rejected").substring(cut)));
        return new Comparison(
                Prompt.of("", chosen.substring(0, cut)),
                outputs,
                Preference.strict("chosen", "rejected"),
                Annotation.NONE,
                row.source());
    }

    private static String text(Row row, String column) {
        return String.valueOf(row.fields().get(column));
    }
}

package org.align4j.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.checkpoint.HfModel;
import org.align4j.data.DataReport;
import org.align4j.data.PackedBatch;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.ComparisonEncoder;
import org.align4j.data.encode.EncodeOptions;
import org.align4j.data.encode.TokenizedComparison;
import org.align4j.data.format.ComparisonOptions;
import org.align4j.data.format.ComparisonReader;
import org.align4j.data.preference.Comparison;
import org.align4j.data.rows.ReadOptions;
import org.align4j.data.rows.Rows;
import org.align4j.loss.RewardLoss;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Heads;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.optim.LrSchedule;
import org.align4j.optim.OptimizerConfig;
import org.align4j.tensor.DType;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.tokenizer.Tokenizer;
import org.align4j.train.Optimization;

/// A reward model on hh-rlhf, 4 pairs a step, 8 steps.
final class RewardWork {
    private static final int STEPS = 8;
    private static final int BATCH = 4;
    private static final double LEARNING_RATE = 1e-4;
    private static final String FILE = "preference/hh_rlhf_harmless/harmless-base.jsonl.gz";
    private static final String END = "<|im_end|>";

    private RewardWork() {}

    static Map<String, Object> run(Path modelFolder, Path data, DType precision, boolean lean) {
        List<TokenizedComparison> pairs = pairs(modelFolder, data);
        double[] seconds = new double[STEPS];
        double[] losses = new double[STEPS];
        long tokens = 0;
        try (Scope scope = Scope.open()) {
            HfModel loaded = HfModel.load(modelFolder, precision, Bench.device(), true, Heads.SCALAR);
            CausalLm model = loaded.model();
            head(loaded);
            LrSchedule schedule = LrSchedule.named("linear", LEARNING_RATE, 0, STEPS, Map.of());
            try (Optimization optimization = new Optimization(
                    model.parameters(),
                    new OptimizerConfig.AdamW(OptimizerConfig.AdamSettings.DEFAULT),
                    0,
                    schedule,
                    1.0)) {
                for (int step = 0; step < STEPS; step++) {
                    List<TokenizedComparison> batch = pairs.subList(step * BATCH, (step + 1) * BATCH);
                    tokens +=
                            batch.stream().mapToInt(TokenizedComparison::length).sum();
                    long start = System.nanoTime();
                    losses[step] = step(model, optimization, batch, step, lean);
                    seconds[step] = (System.nanoTime() - start) / 1e9;
                }
            }
        }
        double[] warm = Arrays.copyOfRange(seconds, 1, STEPS);
        Arrays.sort(warm);
        return Map.of(
                "step_seconds",
                warm[warm.length / 2],
                "mean_step_seconds",
                Arrays.stream(warm).average().orElseThrow(),
                "all_seconds",
                seconds,
                "tokens_per_step",
                (double) tokens / STEPS,
                "losses",
                losses);
    }

    /// The peers' head begins with the deviation of the model's configuration.
    private static void head(HfModel loaded) {
        CausalLm model = loaded.model();
        model.initialiseScore(0);
        double ours = 1 / Math.sqrt(model.architecture().hiddenSize() + 1.0);
        model.scoreWeight().master().mul_(loaded.config().initializerRange() / ours);
        model.parameters().refresh();
    }

    private static double step(
            CausalLm model, Optimization optimization, List<TokenizedComparison> pairs, int step, boolean lean) {
        PackedBatch batch =
                model.pack(pairs.stream().map(TokenizedComparison::outputs).toList());
        double loss;
        optimization.startWindow();
        try (Scope scope = Scope.open();
                Tape tape = model.forward(
                        batch, Wanted.scores(batch.ends()), lean ? Recording.RECOMPUTE : Recording.KEEP)) {
            List<Tensor> losses = new ArrayList<>();
            for (int i = 0; i < pairs.size(); i++) {
                Comparison pair = pairs.get(i).comparison();
                losses.add(RewardLoss.BradleyTerry.plain()
                        .of(tape.scores().narrow(0, 2L * i, 2), pair.ids(), pair.judgement()));
            }
            Tensor mean = Tensor.stack(losses, 0).mean();
            loss = mean.item();
            mean.backward();
            tape.backward();
        }
        optimization.step(step);
        return loss;
    }

    private static List<TokenizedComparison> pairs(Path modelFolder, Path data) {
        DataReport report = new DataReport();
        ComparisonReader reader = new ComparisonReader(ComparisonOptions.DEFAULT.withEmpty(true), report);
        EncodeOptions options = EncodeOptions.upTo(512).withChat(false).withTruncate(EncodeOptions.Truncate.DROP);
        List<TokenizedComparison> pairs = new ArrayList<>();
        try (Tokenizer tokenizer = Tokenizer.load(modelFolder);
                Rows rows = Rows.open(List.of(data.resolve(FILE).toString()), ReadOptions.DEFAULT, report)) {
            ComparisonEncoder encoder = new ComparisonEncoder(tokenizer, Optional.empty(), options, report);
            int end = tokenizer.id(END).orElseThrow();
            while (pairs.size() < STEPS * BATCH) {
                reader.read(rows.next()).flatMap(encoder::encode).ifPresent(pair -> pairs.add(ended(pair, end)));
            }
        }
        return pairs;
    }

    /// The peers end every text with this token, whatever EOS the tokenizer's configuration names.
    private static TokenizedComparison ended(TokenizedComparison pair, int end) {
        return new TokenizedComparison(
                pair.comparison(),
                pair.outputs().stream()
                        .map(output -> {
                            int[] tokens = output.tokens().clone();
                            tokens[tokens.length - 1] = end;
                            return new TokenizedExample(tokens, output.lossMask(), output.source());
                        })
                        .toList());
    }
}

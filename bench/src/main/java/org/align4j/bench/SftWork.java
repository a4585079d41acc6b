package org.align4j.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.checkpoint.HfModel;
import org.align4j.data.DataReport;
import org.align4j.data.Example;
import org.align4j.data.PackedBatch;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.ChatRenderer;
import org.align4j.data.encode.EncodeOptions;
import org.align4j.data.encode.ExampleEncoder;
import org.align4j.data.format.ExampleReader;
import org.align4j.data.format.FormatOptions;
import org.align4j.data.rows.ReadOptions;
import org.align4j.data.rows.Rows;
import org.align4j.loss.TokenLoss;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.nn.Parameters;
import org.align4j.optim.LrSchedule;
import org.align4j.optim.OptimizerConfig;
import org.align4j.peft.AdapterConfig;
import org.align4j.peft.AttachedAdapter;
import org.align4j.peft.ModuleSelection;
import org.align4j.tensor.DType;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.tokenizer.ChatTemplate;
import org.align4j.tokenizer.Tokenizer;
import org.align4j.train.Optimization;

/// Supervised fine-tuning on GSM8K, 8 conversations a step, 8 steps.
final class SftWork {
    private static final int STEPS = 8;
    private static final int BATCH = 8;
    private static final double LEARNING_RATE = 2e-5;

    private SftWork() {}

    static Map<String, Object> run(Path modelFolder, Path data, DType precision, boolean lean, boolean lora) {
        List<TokenizedExample> examples = examples(modelFolder, data);
        double[] seconds = new double[STEPS];
        double[] losses = new double[STEPS];
        long tokens = 0;
        try (Scope scope = Scope.open()) {
            CausalLm model =
                    HfModel.load(modelFolder, precision, Bench.device(), !lora).model();
            Parameters trained = lora ? adapter(model, modelFolder).parameters() : model.parameters();
            LrSchedule schedule = LrSchedule.named("linear", LEARNING_RATE, 0, STEPS, Map.of());
            try (Optimization optimization = new Optimization(
                    trained, new OptimizerConfig.AdamW(OptimizerConfig.AdamSettings.DEFAULT), 0, schedule, 1.0)) {
                for (int step = 0; step < STEPS; step++) {
                    PackedBatch batch = PackedBatch.of(examples.subList(step * BATCH, (step + 1) * BATCH));
                    tokens += batch.tokenCount();
                    long start = System.nanoTime();
                    losses[step] = step(model, optimization, batch, step, lean);
                    seconds[step] = (System.nanoTime() - start) / 1e9;
                }
            }
        }
        double[] warm = Arrays.copyOfRange(seconds, 1, STEPS);
        return Map.of(
                "step_seconds",
                median(warm),
                "mean_step_seconds",
                Arrays.stream(warm).average().orElseThrow(),
                "all_seconds",
                seconds,
                "tokens_per_step",
                (double) tokens / STEPS,
                "losses",
                losses);
    }

    private static AttachedAdapter adapter(CausalLm model, Path modelFolder) {
        String name = modelFolder.toString();
        AdapterConfig config =
                AdapterConfig.create(name, 16, 32, 0, new ModuleSelection.AllLinear(), false, false, false);
        return AttachedAdapter.create(model, name, config, 0);
    }

    private static double step(CausalLm model, Optimization optimization, PackedBatch batch, int step, boolean lean) {
        double loss;
        optimization.startWindow();
        try (Scope scope = Scope.open();
                Tape tape = model.forward(batch, Wanted.logps(), lean ? Recording.RECOMPUTE : Recording.KEEP)) {
            Tensor mean = TokenLoss.negativeLogLikelihood(tape.logps(), batch.trainedTokens());
            loss = mean.item();
            mean.backward();
            tape.backward();
        }
        optimization.step(step);
        return loss;
    }

    private static List<TokenizedExample> examples(Path modelFolder, Path data) {
        DataReport report = new DataReport();
        List<Example> examples = new ArrayList<>();
        ExampleReader reader = new ExampleReader(
                FormatOptions.DEFAULT.withColumns(Map.of("prompt", "question", "completion", "answer")), report);
        try (Rows rows = Rows.open(
                List.of(data.resolve("instruction/gsm8k/train.jsonl").toString()), ReadOptions.DEFAULT, report)) {
            while (rows.hasNext() && examples.size() < STEPS * BATCH) {
                reader.read(rows.next()).ifPresent(examples::add);
            }
        }
        try (Tokenizer tokenizer = Tokenizer.load(modelFolder)) {
            ChatTemplate template = ChatTemplate.of(
                    tokenizer.config().chatTemplate().orElseThrow(),
                    tokenizer.config().specialTokens());
            return new ExampleEncoder(
                            tokenizer,
                            Optional.of(ChatRenderer.of(template, ChatTemplate.Options.conversation())),
                            EncodeOptions.upTo(512),
                            report)
                    .encodeAll(examples);
        }
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}

package org.align4j.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.config.Configuration;
import org.align4j.data.PackedBatch;
import org.align4j.data.TokenizedExample;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.random.CounterRandom;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.train.sft.SftConfig;
import org.align4j.train.sft.SupervisedData;

/// `CONFIG.yaml BEFORE AFTER`: the mean loss of two models on a run's held-out conversations, and a
/// paired bootstrap interval of the difference (10,000 draws of conversations).
public final class HeldOutLoss {
    private static final int DRAWS = 10_000;

    private HeldOutLoss() {}

    public static void main(String[] arguments) {
        SftConfig config = Configuration.read(SftConfig.class, Path.of(arguments[0]), List.of());
        double[] before = losses(config, Path.of(arguments[1]));
        double[] after = losses(config, Path.of(arguments[2]));
        double[] gains = new double[before.length];
        Arrays.setAll(gains, i -> before[i] - after[i]);
        CounterRandom random = CounterRandom.of(0, "bootstrap");
        double[] means = new double[DRAWS];
        for (int draw = 0; draw < DRAWS; draw++) {
            double sum = 0;
            for (int i = 0; i < gains.length; i++) {
                sum += gains[(int) random.below(gains.length, draw, i)];
            }
            means[draw] = sum / gains.length;
        }
        Arrays.sort(means);
        System.out.printf(
                "%d conversations: mean loss %.4f before, %.4f after; gain %.4f, 95%% interval %.4f to %.4f%n",
                gains.length,
                mean(before),
                mean(after),
                mean(gains),
                means[(int) (0.025 * DRAWS)],
                means[(int) (0.975 * DRAWS)]);
    }

    /// Mean loss of each conversation's trained tokens.
    private static double[] losses(SftConfig config, Path path) {
        try (Scope scope = Scope.open();
                LoadedModel model = LoadedModel.load(path, config.precision().dtype(), Device.CPU, false)) {
            List<TokenizedExample> examples = SupervisedData.load(
                            config.data(),
                            config.seed(),
                            model.tokenizer(),
                            model.template(),
                            model.model().architecture())
                    .evaluation();
            double[] losses = new double[examples.size()];
            for (int i = 0; i < losses.length; i++) {
                losses[i] = loss(model, PackedBatch.of(List.of(examples.get(i))));
            }
            return losses;
        }
    }

    private static double loss(LoadedModel model, PackedBatch batch) {
        try (Scope scope = Scope.open();
                Tape tape = model.model().forward(batch, Wanted.logps(), Recording.NONE)) {
            return -tape.logps().sum().item() / batch.trainedTokens();
        }
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }
}

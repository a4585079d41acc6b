package org.align4j.rl.reward;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.align4j.data.Completion;
import org.align4j.data.DataReport;
import org.align4j.data.Example;
import org.align4j.data.Source;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.EncodeOptions;
import org.align4j.data.encode.ExampleEncoder;
import org.align4j.rl.RewardModel;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;

/// A reward model's score. Prompt and answer are written and encoded anew, as the reward model was
/// trained: its tokenizer and chat template may be others than the policy's.
final class ModelReward implements RewardFunction {
    private static final int MAX_TOKENS = 4096;

    private final RewardModel model;
    private final int maxLength;

    private ModelReward(RewardModel model, int maxLength) {
        this.model = model;
        this.maxLength = maxLength;
    }

    /// The weights belong to the scope that is open.
    static ModelReward load(Path path, int maxLength, DType dtype, Device device) {
        return new ModelReward(RewardModel.load(path, dtype, device), maxLength);
    }

    @Override
    public double[] of(List<Attempt> attempts) {
        ExampleEncoder encoder = new ExampleEncoder(
                model.tokenizer(), model.renderer(), EncodeOptions.upTo(maxLength), new DataReport());
        double[] rewards = new double[attempts.size()];
        Arrays.fill(rewards, Double.NaN);
        List<Integer> scored = new ArrayList<>();
        List<List<TokenizedExample>> texts = new ArrayList<>();
        for (int i = 0; i < rewards.length; i++) {
            Attempt attempt = attempts.get(i);
            Optional<TokenizedExample> tokens = encoder.encode(
                    new Example.Answered(attempt.asked(), Completion.of(attempt.response()), Source.memory(i)));
            if (tokens.isPresent()) {
                scored.add(i);
                // where it was trained to read: at the end of the answer, not behind what a template adds
                texts.add(List.of(tokens.get().ended()));
            }
        }
        List<float[]> scores = model.score(texts, MAX_TOKENS, () -> false);
        for (int s = 0; s < scored.size(); s++) {
            rewards[scored.get(s)] = model.normalised(scores.get(s)[0]);
        }
        return rewards;
    }

    @Override
    public void close() {
        model.close();
    }
}

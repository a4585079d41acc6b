package org.align4j.train.preference;

import java.util.List;
import org.align4j.data.TokenizedExample;
import org.align4j.loss.preference.Completions;
import org.align4j.loss.preference.SequenceLogps;
import org.align4j.tensor.Device;
import org.align4j.tensor.Tensor;

/// A micro batch of answers that are good or bad.
record UnpairedBatch(List<UnpairedExample> examples) {
    List<TokenizedExample> answers() {
        return examples.stream().map(UnpairedExample::answer).toList();
    }

    List<TokenizedExample> mismatchedAnswers() {
        return examples.stream().map(UnpairedExample::mismatched).toList();
    }

    /// What two models say of the answers to `sequences`.
    ///
    /// @param policy of their tokens, `[M]`
    /// @param reference likewise
    static Completions completions(List<TokenizedExample> sequences, Tensor policy, Tensor reference) {
        int[] lengths =
                sequences.stream().mapToInt(TokenizedExample::trainedTokens).toArray();
        return Completions.of(SequenceLogps.sums(policy, lengths), SequenceLogps.sums(reference, lengths), lengths);
    }

    /// +1 for each good answer, −1 for each other, `[B]`.
    Tensor signs(Device device) {
        return perExample(1, -1, device);
    }

    /// `good` for each good answer, `bad` for each other, `[B]`.
    Tensor perExample(double good, double bad, Device device) {
        float[] values = new float[examples.size()];
        for (int b = 0; b < values.length; b++) {
            values[b] = (float) (examples.get(b).good() ? good : bad);
        }
        return Tensor.of(values).to(device);
    }
}

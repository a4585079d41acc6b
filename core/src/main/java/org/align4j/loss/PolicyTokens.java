package org.align4j.loss;

import java.util.Optional;
import java.util.stream.IntStream;
import org.align4j.tensor.Tensor;

/// The sampled tokens of a micro batch as a policy loss sees them: B outputs laid end to end, M
/// tokens in all.
///
/// @param logps log-probabilities under the policy that learns, `[M]`; gradients flow into them
/// @param old under the policy that sampled, `[M]`
/// @param reference under the reference policy, `[M]`, where there is one
/// @param entropy of each token's distribution in nats, `[M]`, where it is known; gradients flow
///     into it
/// @param advantages `[M]`
/// @param lengths tokens of each output, `[B]`; 0 for an output that is left out
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
public record PolicyTokens(
        Tensor logps,
        Tensor old,
        Optional<Tensor> reference,
        Optional<Tensor> entropy,
        Tensor advantages,
        int[] lengths) {
    /// One "token" an output: its sum of log-probabilities, and its mean advantage and entropy.
    /// Outputs without tokens are left out.
    PolicyTokens wholeOutputs() {
        int[] each = new int[lengths.length];
        for (int b = 0; b < each.length; b++) {
            each[b] = lengths[b] > 0 ? 1 : 0;
        }
        Tensor filled = Tensor.of(filled()).to(logps.device());
        return new PolicyTokens(
                sums(logps).indexSelect(0, filled),
                sums(old).indexSelect(0, filled),
                reference.map(tensor -> sums(tensor).indexSelect(0, filled)),
                entropy.map(tensor -> means(tensor).indexSelect(0, filled)),
                means(advantages).indexSelect(0, filled),
                each);
    }

    /// Sums over each output, `[B]`.
    Tensor sums(Tensor values) {
        return Tensor.zeros(values.dtype(), values.device(), lengths.length).indexAdd_(0, outputOfToken(), values);
    }

    /// Means over each output, `[B]`; 0 where it has no tokens.
    Tensor means(Tensor values) {
        float[] inverse = new float[lengths.length];
        for (int b = 0; b < inverse.length; b++) {
            inverse[b] = 1f / Math.max(1, lengths[b]);
        }
        return sums(values).mul(Tensor.of(inverse).to(values.device()));
    }

    /// Spreads one value an output, `[B]`, to its tokens, `[M]`.
    Tensor spread(Tensor values) {
        return values.indexSelect(0, outputOfToken());
    }

    private Tensor outputOfToken() {
        int[] outputs = new int[(int) logps.size(0)];
        int token = 0;
        for (int b = 0; b < lengths.length; b++) {
            for (int t = 0; t < lengths[b]; t++) {
                outputs[token++] = b;
            }
        }
        return Tensor.of(outputs).to(logps.device());
    }

    private int[] filled() {
        return IntStream.range(0, lengths.length).filter(b -> lengths[b] > 0).toArray();
    }
}

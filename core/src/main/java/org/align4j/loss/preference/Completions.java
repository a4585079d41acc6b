package org.align4j.loss.preference;

import org.align4j.tensor.Tensor;

/// What two models say of B completions.
///
/// @param policy log π(y|x) of the model that learns, summed over the completion's tokens, `[B]`;
///     gradients flow into it
/// @param reference log π_ref(y|x) likewise, `[B]`; zeros where there is none, which is to say a
///     uniform one
/// @param lengths tokens of each completion, float32 `[B]`
public record Completions(Tensor policy, Tensor reference, Tensor lengths) {
    /// Of completions of so many tokens.
    public static Completions of(Tensor policy, Tensor reference, int... lengths) {
        float[] floats = new float[lengths.length];
        for (int b = 0; b < floats.length; b++) {
            floats[b] = lengths[b];
        }
        return new Completions(policy, reference, Tensor.of(floats).to(policy.device()));
    }

    /// log π(y|x)/π_ref(y|x), `[B]`: the implicit reward of DPO is β times this.
    public Tensor ratios() {
        return policy.sub(reference);
    }

    /// The same log-probabilities as means over each completion's tokens, so that length has no
    /// influence.
    public Completions averaged() {
        return new Completions(policy.div(lengths), reference.div(lengths), lengths);
    }
}

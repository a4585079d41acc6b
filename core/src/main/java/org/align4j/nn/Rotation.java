package org.align4j.nn;

import org.align4j.tensor.Tensor;

/// Rotary position embedding (Su et al. 2021) of the tokens of one batch: halves of each head's
/// first `size` features are rotated against each other.
///
/// @param cosine `[N, 1, 1, size / 2]`
/// @param sine minus the sine for the first half, the sine for the second: `[N, 1, 2, size / 2]`
/// @param inverseSine the same of the opposite angle
/// @param size rotated features of a head
public record Rotation(Tensor cosine, Tensor sine, Tensor inverseSine, int size) {
    /// Rotates heads `[N, heads, D]` in place.
    public void rotate_(Tensor heads) {
        turn(heads, sine);
    }

    /// Rotates back, in place: also the way of the gradient.
    public void rotateBack_(Tensor heads) {
        turn(heads, inverseSine);
    }

    private void turn(Tensor heads, Tensor sines) {
        long tokens = heads.size(0);
        Tensor halves = heads.narrow(2, 0, size).view(tokens, heads.size(1), 2, size / 2);
        Tensor swapped = halves.flip(2);
        // each product is rounded before the sum, as in transformers; addcmul_ would not
        halves.mul_(cosine).add_(swapped.mul_(sines));
    }
}

package org.align4j.loss;

import org.align4j.tensor.DType;
import org.align4j.tensor.Tensor;

/// What a value model learns from: ½ max((v − R)², (clip(v, v_old − ε, v_old + ε) − R)²), as in
/// PPO's reference implementation (Schulman et al. 2017; Huang et al. 2022 list it as a detail).
///
/// @param clip ε; 0: no clip, ½ (v − R)²
public record ValueLoss(double clip) {
    public ValueLoss {
        if (!(clip >= 0)) {
            throw new IllegalArgumentException("the clip of values must be ≥ 0, got " + clip);
        }
    }

    /// @param loss the mean over the window, this micro batch's share, a scalar
    /// @param clipped how many values are beyond the clip and worse there
    public record Terms(Tensor loss, double clipped) {}

    /// @param values predicted now, `[M]`; gradients flow into them
    /// @param old predicted when the tokens were sampled, `[M]`
    /// @param returns what they should have been, `[M]`
    /// @param count values of the window
    public Terms of(Tensor values, Tensor old, Tensor returns, long count) {
        Tensor plain = values.sub(returns).square();
        if (clip == 0) {
            return new Terms(plain.sum().mul(0.5 / count), 0);
        }
        Tensor held = values.maximum(old.add(-clip)).minimum(old.add(clip));
        Tensor bounded = held.sub(returns).square();
        double clipped = bounded.gt(plain).to(DType.FLOAT32).sum().item();
        return new Terms(plain.maximum(bounded).sum().mul(0.5 / count), clipped);
    }
}

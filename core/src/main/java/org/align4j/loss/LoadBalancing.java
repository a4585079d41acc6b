package org.align4j.loss;

import java.util.List;
import org.align4j.tensor.DType;
import org.align4j.tensor.Tensor;

/// The auxiliary loss that spreads tokens over the experts of a mixture.
public final class LoadBalancing {
    private LoadBalancing() {}

    /// E · Σ over slots and experts of (share of tokens sent there) · (mean probability), eqs. 4–6
    /// of Fedus et al.
    /// 2021. As in transformers, the tokens of all layers are taken together.
    ///
    /// @param scores the routers' scores, `[N, E]` a layer
    /// @param perToken experts that each token visits
    /// @return a scalar
    public static Tensor of(List<Tensor> scores, int perToken) {
        Tensor probabilities = Tensor.cat(scores, 0).softmaxFloat32(-1);
        long tokens = probabilities.size(0);
        long experts = probabilities.size(1);
        Tensor chosen = probabilities.detach().topk(perToken).indices();
        Tensor sent = Tensor.zeros(DType.FLOAT32, probabilities.device(), tokens, experts)
                .scatter_(1, chosen, 1)
                .sumFloat32(0, false)
                .mul(1.0 / tokens);
        Tensor mean = probabilities.sumFloat32(0, false).mul(1.0 / tokens);
        return sent.mul(mean).sum().mul((double) experts);
    }
}

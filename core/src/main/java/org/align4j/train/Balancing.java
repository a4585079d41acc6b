package org.align4j.train;

import org.align4j.loss.LoadBalancing;
import org.align4j.model.CausalLm;
import org.align4j.model.Tape;
import org.align4j.tensor.Tensor;

/// The load-balancing loss of models with experts.
public final class Balancing {
    private Balancing() {}

    /// The loss with the routers' loss, by the coefficient of the model's configuration; without
    /// routers just the loss.
    ///
    /// @param share of the batch in its window
    public static Tensor add(Tensor loss, Tape tape, CausalLm model, double share) {
        if (tape.routerScores().isEmpty()) {
            return loss;
        }
        return model.architecture()
                .experts()
                .map(experts -> LoadBalancing.of(tape.routerScores(), experts.perToken())
                        .mul(experts.auxiliaryLoss() * share))
                .map(loss::add)
                .orElse(loss);
    }
}

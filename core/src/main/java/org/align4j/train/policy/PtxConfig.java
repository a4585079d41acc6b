package org.align4j.train.policy;

import org.align4j.error.Require;
import org.align4j.train.sft.DataConfig;

/// Examples whose likelihood a policy keeps up while it learns from rewards: PPO-ptx (Ouyang et al.
/// 2022, eq. 2).
///
/// @param data texts of pretraining, or demonstrations
/// @param coefficient weight of their mean loss in each update
/// @param batchSize examples of an update
public record PtxConfig(DataConfig data, double coefficient, int batchSize) {
    public PtxConfig {
        Require.that(coefficient > 0, "coefficient must be > 0, got " + coefficient + "; leave ptx out for none");
        Require.atLeast("batch_size", batchSize, 1);
        Require.that(!data.evaluates(), "data: nothing is evaluated on it; drop eval, eval_count and eval_fraction");
    }

    static PtxConfig defaults(DataConfig data) {
        return new PtxConfig(data, 1, 8);
    }
}

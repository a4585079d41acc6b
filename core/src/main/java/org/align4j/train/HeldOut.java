package org.align4j.train;

import java.util.Map;
import java.util.function.BooleanSupplier;
import org.align4j.data.PackedBatch;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.run.Metrics;
import org.align4j.tensor.Scope;

/// The loss on examples that are never trained on.
public final class HeldOut {
    private HeldOut() {}

    /// The mean negative log-likelihood of all targets of `batches`, as [Metrics#EVAL_LOSS];
    /// nothing when interrupted.
    public static Map<String, Double> loss(CausalLm model, Iterable<PackedBatch> batches, BooleanSupplier interrupted) {
        double sum = 0;
        long count = 0;
        for (PackedBatch batch : batches) {
            if (interrupted.getAsBoolean()) {
                return Map.of();
            }
            try (Scope scope = Scope.open();
                    Tape tape = model.forward(batch, Wanted.logps(), Recording.NONE)) {
                sum -= tape.logps().sum().item();
                count += batch.trainedTokens();
            }
        }
        return Map.of(Metrics.EVAL_LOSS, sum / count);
    }
}

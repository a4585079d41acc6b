package org.align4j.train.policy;

import java.util.Iterator;
import java.util.List;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.BatchPlan;
import org.align4j.data.PackedBatch;
import org.align4j.data.TokenizedExample;
import org.align4j.loss.TokenLoss;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.random.CounterRandom;
import org.align4j.run.RunEvent;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.train.sft.SupervisedData;

/// The gradient of [PtxConfig]'s examples.
final class MixedIn {
    private final double coefficient;
    private final List<TokenizedExample> examples;
    private final BatchPlan plan;
    private final List<RunEvent> news;
    private Iterator<BatchPlan.Step> batches;
    private long next;

    private MixedIn(PtxConfig config, SupervisedData data, long seed) {
        coefficient = config.coefficient();
        examples = data.train();
        plan = BatchPlan.of(
                examples,
                new BatchPlan.ByCount(config.batchSize()),
                1,
                config.data().shuffle(),
                seed);
        news = data.news();
        batches = plan.from(0);
    }

    /// Reads, checks and encodes.
    ///
    /// @throws org.align4j.error.AlignException.Data for unusable rows, all of them together,
    ///     unless they are to be skipped
    static MixedIn load(PtxConfig config, long seed, LoadedModel policy) {
        long own = CounterRandom.of(seed, "mixed in").bits();
        return new MixedIn(
                config,
                SupervisedData.load(
                        config.data(),
                        own,
                        policy.tokenizer(),
                        policy.template(),
                        policy.model().architecture()),
                own);
    }

    /// What a user should know of the data.
    List<RunEvent> news() {
        return news;
    }

    /// Adds the gradient of coefficient × the mean negative log-likelihood of an update's examples.
    ///
    /// @param update of the run, from 0
    /// @return that mean times the coefficient
    double backward(CausalLm model, long update, Recording recording) {
        if (update != next) {
            batches = plan.from(update);
        }
        next = update + 1;
        PackedBatch batch = batches.next().pack(examples).getFirst();
        Wanted wanted =
                Wanted.logps().withSeed(CounterRandom.of(plan.seed(), "forward").bits(update));
        try (Scope scope = Scope.open();
                Tape tape = model.forward(batch, wanted, recording)) {
            Tensor loss = TokenLoss.negativeLogLikelihood(tape.logps(), batch.trainedTokens())
                    .mul(coefficient);
            double value = loss.item();
            loss.backward();
            tape.backward();
            return value;
        }
    }
}

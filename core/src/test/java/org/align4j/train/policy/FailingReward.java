package org.align4j.train.policy;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.align4j.rl.reward.Attempt;
import org.align4j.rl.reward.RewardFunction;

/// Fails at one of its calls, as a service does that is down for a while.
public final class FailingReward implements RewardFunction {
    private static final AtomicInteger CALLS_LEFT = new AtomicInteger();

    /// What a configuration calls it.
    static final String RULE = "{type: java, name: \"" + FailingReward.class.getName() + "\"}";

    /// @param calls that succeed before the one that fails; those after it succeed again
    static void failAfter(int calls) {
        CALLS_LEFT.set(calls);
    }

    @Override
    public double[] of(List<Attempt> attempts) {
        if (CALLS_LEFT.getAndDecrement() == 0) {
            throw new IllegalStateException("no answer");
        }
        return new GrpoTrainerTest.EvenBytes().of(attempts);
    }
}

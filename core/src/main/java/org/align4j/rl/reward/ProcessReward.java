package org.align4j.rl.reward;

import java.util.ArrayList;
import java.util.List;
import org.align4j.error.AlignException;
import org.align4j.rl.reward.Rewards.OnFailure;
import org.align4j.rl.reward.StepReward.Step;
import org.jspecify.annotations.Nullable;

/// Rewards of steps, checked. What can't be had is handled as configured and never becomes 0.
///
/// @param onFailure what happens when the function throws, or gives NaN or the wrong count;
///     steps about which it says nothing are no steps
public record ProcessReward(StepReward function, OnFailure onFailure) implements AutoCloseable {
    /// @param steps of each answer
    /// @param failures what went wrong, one sentence each; empty where all is well
    public record Scores(List<List<Step>> steps, List<String> failures) {}

    /// What the function says of the steps of answers.
    ///
    /// @throws AlignException.Data for rewards that can't be had, unless they are to abstain
    public Scores of(List<Attempt> attempts) {
        List<String> failures = new ArrayList<>();
        List<List<Step>> all;
        try {
            all = function.of(attempts);
        } catch (RuntimeException | StackOverflowError e) {
            fail("threw " + e, e, failures);
            all = attempts.stream().map(attempt -> List.<Step>of()).toList();
        }
        if (all.size() != attempts.size()) {
            fail("gave steps of " + all.size() + " answers for " + attempts.size(), null, failures);
            all = attempts.stream().map(attempt -> List.<Step>of()).toList();
        }
        List<List<Step>> known = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            known.add(checked(all.get(i), attempts.get(i).response().length(), failures));
        }
        return new Scores(known, failures);
    }

    private List<Step> checked(List<Step> steps, int length, List<String> failures) {
        List<Step> known = new ArrayList<>();
        int last = 0;
        for (Step step : steps) {
            if (step.end() <= last || step.end() > length) {
                fail(
                        "gave a step that ends at " + step.end() + " after " + last + " in an answer of " + length
                                + " characters",
                        null,
                        failures);
            } else if (!Double.isFinite(step.reward())) {
                fail("gave no finite number for a step", null, failures);
            } else {
                known.add(step);
                last = step.end();
            }
        }
        return known;
    }

    private void fail(String what, @Nullable Throwable cause, List<String> failures) {
        String message = "process " + what;
        if (onFailure == OnFailure.FAIL) {
            String remedy = message + "; mend it, or set on_reward_failure: abstain";
            throw cause == null ? new AlignException.Data(remedy) : new AlignException.Data(remedy, cause);
        }
        if (!failures.contains(message)) {
            failures.add(message);
        }
    }

    @Override
    public void close() {
        function.close();
    }
}

package org.align4j.rl.reward;

import java.util.ArrayList;
import java.util.List;

/// Steps are worth what a reward says of the answer as far as it has come.
record PrefixReward(RewardFunction reward) implements StepReward {
    @Override
    public List<List<Step>> of(List<Attempt> attempts) {
        List<Attempt> parts = new ArrayList<>();
        for (Attempt attempt : attempts) {
            for (int end : AnswerSteps.ends(attempt.response())) {
                boolean whole = end == attempt.response().length();
                parts.add(new Attempt(
                        attempt.prompt(),
                        attempt.response().substring(0, end).strip(),
                        attempt.tokens(),
                        whole && attempt.ended(),
                        attempt.fields(),
                        attempt.asked()));
            }
        }
        double[] rewards = reward.of(parts);
        List<List<Step>> steps = new ArrayList<>();
        int at = 0;
        for (Attempt attempt : attempts) {
            List<Step> own = new ArrayList<>();
            for (int end : AnswerSteps.ends(attempt.response())) {
                own.add(new Step(end, rewards[at++]));
            }
            steps.add(own);
        }
        return steps;
    }

    @Override
    public void close() {
        reward.close();
    }
}

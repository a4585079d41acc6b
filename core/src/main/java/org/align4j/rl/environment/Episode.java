package org.align4j.rl.environment;

import org.align4j.rl.Rollout;

/// What a policy and an environment said to each other.
///
/// @param rollout all tokens after the prompt, of which the policy drew some
/// @param answer what the policy said last
/// @param reward that the environment gave, over all turns
/// @param turns of the policy
public record Episode(Rollout rollout, String answer, double reward, int turns) {
    /// A single turn, without an environment: no reward is known.
    public static Episode of(Rollout rollout) {
        return new Episode(rollout, rollout.text(), Double.NaN, 1);
    }
}

/// Policies from rewards of their own answers: PPO, and GRPO and its kin.
@NullMarked
package org.align4j.train.policy;

import org.jspecify.annotations.NullMarked;

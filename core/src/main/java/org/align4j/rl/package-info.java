/// Reinforcement learning's parts that are no trainer's own: rewards, advantages, rollouts.
@NullMarked
package org.align4j.rl;

import org.jspecify.annotations.NullMarked;

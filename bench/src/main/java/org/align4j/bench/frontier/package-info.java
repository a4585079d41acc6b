/// The experiment of docs/experiments/dpo-vs-ppo.md: how much reward for how much KL.
@NullMarked
package org.align4j.bench.frontier;

import org.jspecify.annotations.NullMarked;

/// Reward models from comparisons.
@NullMarked
package org.align4j.train.reward;

import org.jspecify.annotations.NullMarked;

/// Policies from comparisons without a reward model: DPO and its kin from pairs and rankings, KTO
/// from single answers.
@NullMarked
package org.align4j.train.preference;

import org.jspecify.annotations.NullMarked;

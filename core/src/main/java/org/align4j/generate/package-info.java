/// Text from a causal language model: logits processors, draws, stop strings.
@NullMarked
package org.align4j.generate;

import org.jspecify.annotations.NullMarked;

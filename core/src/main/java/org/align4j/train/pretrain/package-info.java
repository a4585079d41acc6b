/// A language model from a corpus, or one trained further on it.
@NullMarked
package org.align4j.train.pretrain;

import org.jspecify.annotations.NullMarked;

/// Supervised fine-tuning on demonstrations.
@NullMarked
package org.align4j.train.sft;

import org.jspecify.annotations.NullMarked;

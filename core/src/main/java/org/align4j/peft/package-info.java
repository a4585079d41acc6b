/// Low-rank adapters as PEFT's files describe them: configuration, targets, tensors, first values.
@NullMarked
package org.align4j.peft;

import org.jspecify.annotations.NullMarked;

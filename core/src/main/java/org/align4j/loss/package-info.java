/// Losses: pure functions of tensors.
@NullMarked
package org.align4j.loss;

import org.jspecify.annotations.NullMarked;

/// Instruction data that a teacher writes.
@NullMarked
package org.align4j.pipeline.synthetic;

import org.jspecify.annotations.NullMarked;

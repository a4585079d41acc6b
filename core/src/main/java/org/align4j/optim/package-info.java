/// Optimisers over flat parameter buffers, clipping, and learning rate schedules.
@NullMarked
package org.align4j.optim;

import org.jspecify.annotations.NullMarked;

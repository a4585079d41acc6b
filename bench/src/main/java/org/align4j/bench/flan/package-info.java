/// Experiments on how instruction data is mixed: docs/experiments/flan.md.
@NullMarked
package org.align4j.bench.flan;

import org.jspecify.annotations.NullMarked;

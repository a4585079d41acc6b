/// Whole-run benchmarks on the peers' work.
@NullMarked
package org.align4j.bench;

import org.jspecify.annotations.NullMarked;

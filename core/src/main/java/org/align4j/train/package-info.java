/// One trainer, one file: each reads like its paper's algorithm box.
@NullMarked
package org.align4j.train;

import org.jspecify.annotations.NullMarked;

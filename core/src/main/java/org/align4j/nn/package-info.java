/// Building blocks of a decoder: parameters over flat buffers, and operations with their backward
/// passes.
@NullMarked
package org.align4j.nn;

import org.jspecify.annotations.NullMarked;

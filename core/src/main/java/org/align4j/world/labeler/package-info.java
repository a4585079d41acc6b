/// Simulated labelers: they rank answers by what these are worth, each with its own taste and care.
@NullMarked
package org.align4j.world.labeler;

import org.jspecify.annotations.NullMarked;

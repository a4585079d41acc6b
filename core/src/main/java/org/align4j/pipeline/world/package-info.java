/// The small world as data of the toolkit's other parts.
@NullMarked
package org.align4j.pipeline.world;

import org.jspecify.annotations.NullMarked;

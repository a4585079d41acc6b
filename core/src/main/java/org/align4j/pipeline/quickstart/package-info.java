/// The whole of the toolkit in a few minutes, on the small world, without network or data.
@NullMarked
package org.align4j.pipeline.quickstart;

import org.jspecify.annotations.NullMarked;

/// Failures that name the place and the remedy.
@NullMarked
package org.align4j.error;

import org.jspecify.annotations.NullMarked;

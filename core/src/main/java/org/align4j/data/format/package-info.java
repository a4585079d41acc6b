/// Rows to examples: which columns hold what.
@NullMarked
package org.align4j.data.format;

import org.jspecify.annotations.NullMarked;

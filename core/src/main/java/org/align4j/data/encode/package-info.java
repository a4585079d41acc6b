/// Examples to token ids with the trained ones marked.
@NullMarked
package org.align4j.data.encode;

import org.jspecify.annotations.NullMarked;

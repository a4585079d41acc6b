/// Whether an answer is right: mathematics, choices and forms of text. Nothing here throws for any
/// text, and all of it ends in time that its input's length bounds.
@NullMarked
package org.align4j.rl.verify;

import org.jspecify.annotations.NullMarked;

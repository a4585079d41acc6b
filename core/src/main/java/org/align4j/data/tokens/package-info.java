/// Corpora as tokens: documents of files of any size, files of token ids that are mapped into
/// memory, and windows of them to train on.
@NullMarked
package org.align4j.data.tokens;

import org.jspecify.annotations.NullMarked;

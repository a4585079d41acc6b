/// Training data: records from files, conversations and other examples, their tokens with the
/// trained ones marked, and packed batches. Java arrays only; no tensors.
@NullMarked
package org.align4j.data;

import org.jspecify.annotations.NullMarked;

/// Losses of preferences: pure functions of the log-probabilities of whole completions.
@NullMarked
package org.align4j.loss.preference;

import org.jspecify.annotations.NullMarked;

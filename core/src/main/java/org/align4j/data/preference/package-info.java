/// What people or models think of outputs: rankings with ties, ratings, choices, pairs.
@NullMarked
package org.align4j.data.preference;

import org.jspecify.annotations.NullMarked;

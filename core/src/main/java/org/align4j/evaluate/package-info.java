/// Measures models: what they say to questions, which option they find likeliest, how well they
/// predict text; with bootstrap intervals and paired comparisons.
@NullMarked
package org.align4j.evaluate;

import org.jspecify.annotations.NullMarked;

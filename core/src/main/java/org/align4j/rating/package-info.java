/// Who is better, from who was preferred to whom: strengths by maximum likelihood with confidence
/// intervals, and how far labelers agree. Pure Java.
@NullMarked
package org.align4j.rating;

import org.jspecify.annotations.NullMarked;

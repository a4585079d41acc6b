/// Examines training data: what is repeated, broken, given away or uneven in it.
@NullMarked
package org.align4j.data.doctor;

import org.jspecify.annotations.NullMarked;

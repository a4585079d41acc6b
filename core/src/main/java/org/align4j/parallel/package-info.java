/// Work on several threads at once whose outcome doesn't depend on how many there are.
@NullMarked
package org.align4j.parallel;

import org.jspecify.annotations.NullMarked;

/// Templates: how examples are put into words.
@NullMarked
package org.align4j.data.flan.template;

import org.jspecify.annotations.NullMarked;

/// Mixtures of instruction tasks: recipes, how much of each task they take, and the prompts that
/// come of it.
@NullMarked
package org.align4j.data.flan;

import org.jspecify.annotations.NullMarked;

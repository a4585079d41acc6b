/// Instructions in the world: families of them, each with paraphrased prompts, a right answer and
/// gold rewards.
@NullMarked
package org.align4j.world.task;

import org.jspecify.annotations.NullMarked;

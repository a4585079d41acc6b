/// What is to be learned in the world beside stories: numbers, words, animals.
@NullMarked
package org.align4j.world.lesson;

import org.jspecify.annotations.NullMarked;

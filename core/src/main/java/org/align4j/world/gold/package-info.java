/// Gold rewards: what an answer in the world is worth, computed from its text by rules.
@NullMarked
package org.align4j.world.gold;

import org.jspecify.annotations.NullMarked;

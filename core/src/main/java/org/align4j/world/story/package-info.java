/// The world's characters, places, wishes and troubles, and stories told of them.
@NullMarked
package org.align4j.world.story;

import org.jspecify.annotations.NullMarked;

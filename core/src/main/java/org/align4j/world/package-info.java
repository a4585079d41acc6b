/// A small closed world of which everything is known: a corpus of stories, talks and facts to learn
/// language from, and what instructions in it can ask for.
@NullMarked
package org.align4j.world;

import org.jspecify.annotations.NullMarked;

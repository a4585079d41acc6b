/// A small grammar engine: phrases with slots and choices, and the draws that decide.
@NullMarked
package org.align4j.world.grammar;

import org.jspecify.annotations.NullMarked;

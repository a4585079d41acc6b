/// Random numbers as functions of a key: nothing is drawn "next", so any draw can be repeated
/// alone. Pure Java; every package may use it.
@NullMarked
package org.align4j.random;

import org.jspecify.annotations.NullMarked;

/// The decoder, described by data: one [org.align4j.model.Architecture] for every family.
@NullMarked
package org.align4j.model;

import org.jspecify.annotations.NullMarked;

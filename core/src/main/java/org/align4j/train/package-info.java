/// What every trainer needs: the loop around its steps, the model that it changes, how a run
/// begins. The trainers are in the packages below, one file each, which reads like its paper's
/// algorithm box.
@NullMarked
package org.align4j.train;

import org.jspecify.annotations.NullMarked;

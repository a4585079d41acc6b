/// A training run on disk: configuration, metrics, samples, checkpoints and report; events and
/// interruption.
@NullMarked
package org.align4j.run;

import org.jspecify.annotations.NullMarked;

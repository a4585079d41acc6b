/// Constitutions: written principles, how a model is asked to follow them, and what its answers
/// make of labels (Bai et al. 2022).
@NullMarked
package org.align4j.pipeline.constitution;

import org.jspecify.annotations.NullMarked;

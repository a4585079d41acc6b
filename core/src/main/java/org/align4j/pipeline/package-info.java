/// What puts trainers, generation and data of its own making together.
@NullMarked
package org.align4j.pipeline;

import org.jspecify.annotations.NullMarked;

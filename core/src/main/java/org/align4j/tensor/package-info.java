/// Tensors of libtorch behind a thin facade. With `optim`, the only package that knows
/// `org.bytedeco`.
@NullMarked
package org.align4j.tensor;

import org.jspecify.annotations.NullMarked;

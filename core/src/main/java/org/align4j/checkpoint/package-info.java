/// Model files: safetensors and GGUF, read by memory mapping and written atomically.
@NullMarked
package org.align4j.checkpoint;

import org.jspecify.annotations.NullMarked;

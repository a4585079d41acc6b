/// A Jinja engine for chat templates: the language as `transformers` compiles it (block trimming,
/// loop controls, generation blocks, an immutable sandbox), with Python's value semantics and
/// bounded work.
@NullMarked
package org.align4j.tokenizer.template;

import org.jspecify.annotations.NullMarked;

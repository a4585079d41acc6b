/// Tasks: where examples come from, before prompts are made of them.
@NullMarked
package org.align4j.data.flan.task;

import org.jspecify.annotations.NullMarked;

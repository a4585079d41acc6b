/// Prompts: examples put into words, alone or after others, with and without reasoning, forwards
/// and backwards.
@NullMarked
package org.align4j.data.flan.prompt;

import org.jspecify.annotations.NullMarked;

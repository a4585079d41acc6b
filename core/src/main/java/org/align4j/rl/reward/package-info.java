/// What an answer is worth: rules, verifiers, programs, services.
@NullMarked
package org.align4j.rl.reward;

import org.jspecify.annotations.NullMarked;

/// Worlds that answer a policy: it speaks, they observe, it goes on. Episodes of several turns are
/// drawn here, in which only the policy's own tokens are learned from.
@NullMarked
package org.align4j.rl.environment;

import org.jspecify.annotations.NullMarked;

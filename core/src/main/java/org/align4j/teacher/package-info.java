/// Models that are asked for answers and judgements: those here, and those behind a server of
/// OpenAI's protocol.
@NullMarked
package org.align4j.teacher;

import org.jspecify.annotations.NullMarked;

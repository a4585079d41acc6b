/// The command line: one command a file.
@NullMarked
package org.align4j.cli;

import org.jspecify.annotations.NullMarked;

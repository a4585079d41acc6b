/// Records from files: JSON, JSON lines, CSV, TSV, Parquet and plain text, compressed or not, one
/// after another, each with its file and line.
@NullMarked
package org.align4j.data.rows;

import org.jspecify.annotations.NullMarked;

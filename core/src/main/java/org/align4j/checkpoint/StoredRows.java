package org.align4j.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.align4j.tensor.Tensor;

/// Rows of a parameter and how a file has them.
///
/// @param firstRow first of the parameter's rows
/// @param shape of the values as stored; its first dimension counts rows
/// @param unit stored rows are read in multiples of this many
/// @param reader what reads them
/// @param turn makes the parameter's rows of a tensor of `shape`; absent where they are the same
record StoredRows(long firstRow, List<Long> shape, long unit, Reader reader, Optional<UnaryOperator<Tensor>> turn) {
    StoredRows {
        shape = List.copyOf(shape);
    }

    /// Reads stored rows; may be called by several threads.
    @FunctionalInterface
    interface Reader {
        /// @param floats float32, little endian, of exactly the rows asked for
        void read(long firstRow, long rows, MemorySegment floats);
    }

    long rows() {
        return shape.getFirst();
    }

    /// Values in a row.
    long width() {
        return shape.stream().skip(1).reduce(1L, Math::multiplyExact);
    }

    long values() {
        return rows() * width();
    }
}

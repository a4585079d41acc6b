package org.align4j.config;

import org.jspecify.annotations.Nullable;

/// What stands in for a value while a record is bound.
enum Marker {
    /// The value has a fault, which has been reported.
    FAULTY,
    /// The value is null, which maps don't hold.
    NOTHING;

    static @Nullable Object toNull(@Nullable Object value) {
        return value == NOTHING ? null : value;
    }
}

package org.align4j.data;

/// What happens to rows that cannot be used (`data.on_error`).
public enum OnError {
    /// All files are read, then the faults are reported together and nothing is trained.
    FAIL,
    /// Such rows are left out and counted.
    SKIP
}

package org.align4j.tensor;

import org.bytedeco.javacpp.Pointer;

/// What the binding holds of native memory through handles: for tests that nothing is left behind.
/// Memory that libtorch keeps for itself is not counted.
public final class NativeMemory {
    private NativeMemory() {}

    /// Handles on native objects that were not freed.
    public static long liveHandles() {
        return Pointer.totalCount();
    }

    /// Bytes that the binding itself allocated and did not free.
    public static long liveBytes() {
        return Pointer.totalBytes();
    }
}

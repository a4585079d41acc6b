package org.align4j.tensor;

import org.bytedeco.javacpp.Pointer;

/// What the binding holds of native memory through handles: for tests that nothing is left behind.
/// Memory that libtorch keeps for itself is not counted. The binding counts only where its garbage
/// collection is on, that is without `-Dorg.bytedeco.javacpp.nopointergc=true`.
public final class NativeMemory {
    private NativeMemory() {}

    /// Handles on native objects that were not freed.
    public static long liveHandles() {
        check();
        return Pointer.totalCount();
    }

    /// Bytes that the binding itself allocated and did not free.
    public static long liveBytes() {
        check();
        return Pointer.totalBytes();
    }

    private static void check() {
        if (Boolean.getBoolean("org.bytedeco.javacpp.nopointergc")) {
            throw new IllegalStateException(
                    "native memory is not counted where org.bytedeco.javacpp.nopointergc is set");
        }
    }
}

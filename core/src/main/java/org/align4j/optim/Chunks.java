package org.align4j.optim;

import org.align4j.tensor.Scope;

/// Cuts long buffers, so that temporary tensors stay small and in the cache.
final class Chunks {
    /// Values at a time; 4 MiB of float32.
    static final long VALUES = 1 << 20;

    private Chunks() {}

    /// What is done to the values `from … from + length - 1`.
    @FunctionalInterface
    interface Body {
        void accept(long from, long length);
    }

    /// Calls `body` for each chunk of `total` items, at most `most` at a time; tensors made in
    /// it die after it.
    static void each(long total, long most, Body body) {
        for (long from = 0; from < total; from += most) {
            try (Scope scope = Scope.open()) {
                body.accept(from, Math.min(most, total - from));
            }
        }
    }
}

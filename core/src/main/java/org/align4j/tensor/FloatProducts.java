package org.align4j.tensor;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// The threads of float32 matrix products on the CPU. They are OpenBLAS's own, which wait spinning
/// beside those of everything else: on a busy machine a product of a few hundred rows and columns
/// took a hundred times as long with two of them as with one. So there is one until a model is made
/// whose products are worth more. The environment's `OPENBLAS_NUM_THREADS` decides if it is set.
public final class FloatProducts {
    /// Parameters of a model whose products are worth more than one thread.
    private static final long LARGE = 30_000_000;

    private static final boolean FREE = System.getenv("OPENBLAS_NUM_THREADS") == null;

    /// Absent where libtorch computes with another library.
    private static final Optional<MethodHandle> SET_THREADS = SymbolLookup.loaderLookup()
            .find("openblas_set_num_threads")
            .map(function ->
                    Linker.nativeLinker().downcallHandle(function, FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT)));

    static {
        threads(1);
    }

    private FloatProducts() {}

    /// A model is going to be computed with.
    ///
    /// @param parameters how many it has
    public static void of(long parameters) {
        if (parameters >= LARGE) {
            threads(Threads.count());
        }
    }

    private static void threads(int count) {
        if (FREE) {
            SET_THREADS.ifPresent(function -> call(function, count));
        }
    }

    private static void call(MethodHandle function, int count) {
        try {
            function.invokeExact(count);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("OpenBLAS's threads can't be set", e);
        }
    }
}

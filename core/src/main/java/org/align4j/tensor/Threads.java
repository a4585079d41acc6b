package org.align4j.tensor;

import java.util.function.Supplier;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.global.torch;

/// The threads that libtorch computes with. Their number decides how sums are cut, and so the last
/// digits of results.
public final class Threads {
    private Threads() {}

    public static int count() {
        return torch.get_num_threads();
    }

    /// Computes with one thread: for work so small that waking others takes longer.
    public static <T> T single(Supplier<T> work) {
        int count = count();
        torch.set_num_threads(1);
        try {
            return work.get();
        } finally {
            torch.set_num_threads(count);
        }
    }

    /// The vector instructions that kernels were chosen for, such as `AVX2`; they, too, decide the
    /// last digits.
    public static String instructions() {
        try (BytePointer name = torch.get_cpu_capability()) {
            return name.getString();
        }
    }
}

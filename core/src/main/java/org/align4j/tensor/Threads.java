package org.align4j.tensor;

import org.bytedeco.pytorch.global.torch;

/// The threads that libtorch computes with. Their number decides how sums are cut, and so the last digits of results.
public final class Threads {
    private Threads() {}

    public static int count() {
        return torch.get_num_threads();
    }
}

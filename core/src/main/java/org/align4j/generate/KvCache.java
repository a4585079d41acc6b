package org.align4j.generate;

import java.util.ArrayList;
import java.util.List;
import org.align4j.model.Architecture;
import org.align4j.model.CausalLm;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Keeper;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;

/// Keys and values of every block for the sequences being decoded. Each has a slot; the live ones
/// have the first slots, so that one product serves them all. Every block has one flat buffer
/// `[2, slots, kv heads, capacity, D]`, the keys first, zero where nothing is written yet. There is
/// no more room than the longest sequence needs, rounded up: a product over a part of the rows
/// would copy that part first, and copying everything at each 64th token costs far less.
final class KvCache implements AutoCloseable {
    /// Lengths are rounded up to this: each other length would be another kernel.
    static final int UNIT = 64;

    private final int slots;
    private final int kvHeads;
    private final int headSize;
    private final DType dtype;
    private final Device device;
    private final List<Keeper> keepers = new ArrayList<>();
    private final List<Tensor> blocks = new ArrayList<>();
    private final Keeper viewKeeper = new Keeper();
    private final List<View> views = new ArrayList<>();
    private int viewSlots;
    private int capacity;

    /// Keys `[slots · kv, D, length]` and values `[slots · kv, length, D]` of some slots of a
    /// block.
    record View(Tensor keys, Tensor values) {}

    KvCache(CausalLm model, int slots, int length) {
        Architecture architecture = model.architecture();
        this.slots = slots;
        kvHeads = architecture.kvHeads();
        headSize = architecture.headSize();
        dtype = model.dtype();
        device = model.device();
        capacity = rounded(length);
        try {
            for (int block = 0; block < architecture.layers().size(); block++) {
                Keeper keeper = new Keeper();
                keepers.add(keeper);
                try (Scope scope = Scope.open()) {
                    blocks.add(keeper.keep(allocate()));
                }
            }
        } catch (RuntimeException e) {
            keepers.forEach(Keeper::close);
            throw e;
        }
    }

    private Tensor allocate() {
        return Tensor.zeros(dtype, device, 2, slots, kvHeads, capacity, headSize);
    }

    static int rounded(int length) {
        return (length + UNIT - 1) / UNIT * UNIT;
    }

    int slots() {
        return slots;
    }

    /// Tokens of a sequence that there is room for.
    int capacity() {
        return capacity;
    }

    /// Makes room for sequences of this length.
    void reserve(int length) {
        if (length > capacity) {
            resize(rounded(length));
        }
    }

    /// Gives room back when the longest sequence has become this short.
    void trim(int length) {
        if (rounded(length) <= capacity / 2) {
            resize(rounded(length));
        }
    }

    private void resize(int length) {
        int kept = Math.min(length, capacity);
        capacity = length;
        dropViews();
        for (int block = 0; block < blocks.size(); block++) {
            Keeper keeper = new Keeper();
            try (Scope scope = Scope.open()) {
                Tensor other = keeper.keep(allocate());
                other.narrow(3, 0, kept).copy_(blocks.get(block).narrow(3, 0, kept));
                blocks.set(block, other);
            }
            keepers.set(block, keeper).close();
        }
    }

    /// The rows of a block's flat buffer `[2 · slots · kv · capacity, D]` that take the keys and
    /// values of some tokens, int64 `[N · 2 kv]`.
    Tensor rows(int[] slotOfToken, int[] positions) {
        long[] rows = new long[positions.length * 2 * kvHeads];
        int at = 0;
        for (int i = 0; i < positions.length; i++) {
            for (int plane = 0; plane < 2; plane++) {
                for (int head = 0; head < kvHeads; head++) {
                    long sequence = ((long) plane * slots + slotOfToken[i]) * kvHeads + head;
                    rows[at++] = sequence * capacity + positions[i];
                }
            }
        }
        return Tensor.of(rows).to(device);
    }

    /// Writes the keys and values of N tokens.
    ///
    /// @param rows of [#rows]
    /// @param projected queries, keys and values, `[≥ N, (heads + 2 kv) D]`, turned
    void write(int block, Tensor rows, Tensor projected) {
        long tokens = rows.size(0) / (2L * kvHeads);
        long width = 2L * kvHeads * headSize;
        Tensor source = projected.narrow(0, 0, tokens).narrow(1, projected.size(1) - width, width);
        Tensor flat = blocks.get(block).view(-1, headSize);
        flat.indexCopy_(0, rows, source.reshape(-1, headSize));
    }

    /// What the first `count` slots hold.
    View view(int block, int count) {
        if (count != viewSlots) {
            dropViews();
            viewSlots = count;
            try (Scope scope = Scope.open()) {
                for (Tensor all : blocks) {
                    views.add(new View(
                            viewKeeper.keep(plane(all, 0, 0, count, capacity).transpose(1, 2)),
                            viewKeeper.keep(plane(all, 1, 0, count, capacity))));
                }
            }
        }
        return views.get(block);
    }

    /// One slot's keys `[kv, D, length]` and values `[kv, length, D]`.
    View slot(int block, int slot, int length) {
        Tensor all = blocks.get(block);
        return new View(plane(all, 0, slot, 1, length).transpose(1, 2), plane(all, 1, slot, 1, length));
    }

    private Tensor plane(Tensor all, int plane, int slot, int count, int length) {
        return all.narrow(0, plane, 1)
                .narrow(1, slot, count)
                .view((long) count * kvHeads, capacity, headSize)
                .narrow(1, 0, length);
    }

    /// Copies the first `length` tokens of one slot to `count` slots from `to` on.
    void copy(int from, int to, int count, int length) {
        try (Scope scope = Scope.open()) {
            for (Tensor all : blocks) {
                Tensor part = all.narrow(3, 0, length);
                part.narrow(1, to, count).copy_(part.narrow(1, from, 1));
            }
        }
    }

    private void dropViews() {
        viewKeeper.close();
        views.clear();
        viewSlots = 0;
    }

    @Override
    public void close() {
        dropViews();
        keepers.forEach(Keeper::close);
        blocks.clear();
    }
}

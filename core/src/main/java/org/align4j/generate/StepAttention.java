package org.align4j.generate;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.align4j.model.Architecture;
import org.align4j.model.Block;
import org.align4j.model.CausalLm;
import org.align4j.model.Rotations;
import org.align4j.nn.Graph;
import org.align4j.nn.Rotation;
import org.align4j.nn.Value;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Tensor;
import org.align4j.tensor.Threads;

/// Attention of one new token for each of B sequences, of any lengths, to what the cache holds of
/// them: two products over all sequences, padded to the longest. Belongs to the scope
/// that it is made in.
final class StepAttention implements Block.Attention {
    /// Numbers of values, times further threads, that one thread attends to sooner than several.
    private static final long SMALL = 1_500_000;

    private final Architecture architecture;
    private final KvCache cache;
    private final int sequences;
    private final int keys;
    private final Tensor rows;
    private final List<Rotation> rotations;
    private final Map<Integer, Tensor> masks = new HashMap<>();

    /// @param positions of the new tokens, `[B]`; the sequences have the first B slots
    StepAttention(CausalLm model, KvCache cache, int[] positions) {
        this.architecture = model.architecture();
        this.cache = cache;
        sequences = positions.length;
        int[] slots = new int[sequences];
        int[] lengths = new int[sequences];
        int most = 0;
        for (int i = 0; i < sequences; i++) {
            slots[i] = i;
            lengths[i] = positions[i] + 1;
            most = Math.max(most, lengths[i]);
        }
        cache.reserve(most);
        cache.trim(most);
        keys = cache.capacity();
        rows = cache.rows(slots, positions);
        rotations = Rotations.of(architecture, positions, lengths, model.dtype(), model.device());
        Tensor at = Tensor.of(positions).to(model.device()).view(-1, 1, 1);
        for (Architecture.Layer layer : architecture.layers()) {
            masks.computeIfAbsent(layer.window(), window -> mask(at, window, model.dtype(), model.device()));
        }
    }

    /// 0 where a sequence's token sees a key, minus infinity elsewhere, `[B, 1, keys]`.
    private Tensor mask(Tensor positions, int window, DType dtype, Device device) {
        Tensor key = Tensor.arange(keys, DType.INT64, device).view(1, 1, -1);
        Tensor hidden = key.gt(positions);
        if (window > 0) {
            hidden = hidden.logicalOr(positions.add(1.0 - window).gt(key));
        }
        return Tensor.zeros(dtype, device, sequences, 1, keys).maskedFill_(hidden, Double.NEGATIVE_INFINITY);
    }

    @Override
    public Value of(Graph graph, int block, Value projected) {
        Architecture.Layer layer = architecture.layers().get(block);
        Tensor qkv = projected.data();
        int heads = architecture.heads();
        int kvHeads = architecture.kvHeads();
        long size = architecture.headSize();
        if (layer.rope() >= 0) {
            rotations
                    .get(layer.rope())
                    .rotate_(qkv.narrow(1, 0, (heads + kvHeads) * size).view(sequences, heads + kvHeads, size));
        }
        cache.write(block, rows, qkv);
        KvCache.View view = cache.view(block, sequences);
        boolean small = view.values().numel() * (Threads.count() - 1L) <= SMALL
                && qkv.device().isCpu();
        Tensor output = small ? Threads.single(() -> attend(block, layer, qkv, view)) : attend(block, layer, qkv, view);
        return graph.input(output);
    }

    private Tensor attend(int block, Architecture.Layer layer, Tensor qkv, KvCache.View view) {
        int heads = architecture.heads();
        int kvHeads = architecture.kvHeads();
        long size = architecture.headSize();
        Tensor queries = qkv.narrow(1, 0, heads * size)
                .mul(architecture.attentionScale(block))
                .view((long) sequences * kvHeads, heads / kvHeads, size);
        Tensor scores = capped(architecture, queries.bmm(view.keys()));
        scores.view(sequences, heads, keys).add_(Objects.requireNonNull(masks.get(layer.window())));
        return scores.softmax(-1).bmm(view.values()).view(sequences, heads * size);
    }

    /// Gemma 2's soft cap, where the architecture has one.
    static Tensor capped(Architecture architecture, Tensor scores) {
        double cap = architecture.attentionSoftCap().orElse(0);
        return cap > 0 ? scores.div(cap).tanh().mul(cap) : scores;
    }
}

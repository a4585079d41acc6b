package org.align4j.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.align4j.model.Architecture;
import org.align4j.model.Block;
import org.align4j.model.CausalLm;
import org.align4j.model.Rotations;
import org.align4j.nn.Graph;
import org.align4j.nn.Rotation;
import org.align4j.nn.Value;
import org.align4j.tensor.DType;
import org.align4j.tensor.Tensor;

/// Attention of n new tokens of one sequence, of which the cache holds the tokens before. Belongs
/// to the scope that it is made in.
final class ContinuedAttention implements Block.Attention {
    /// Queries that are computed at once, so that scores stay small.
    private static final int CHUNK = 512;

    private final Architecture architecture;
    private final KvCache cache;
    private final int slot;
    private final int before;
    private final int count;
    private final Tensor rows;
    private final List<Rotation> rotations;

    /// @param before how many tokens the slot holds already
    /// @param count n
    ContinuedAttention(CausalLm model, KvCache cache, int slot, int before, int count) {
        this.architecture = model.architecture();
        this.cache = cache;
        this.slot = slot;
        this.before = before;
        this.count = count;
        int[] positions = new int[count];
        int[] slots = new int[count];
        int[] lengths = new int[count];
        Arrays.setAll(positions, i -> before + i);
        Arrays.fill(slots, slot);
        Arrays.fill(lengths, before + count);
        cache.reserve(before + count);
        rows = cache.rows(slots, positions);
        rotations = Rotations.of(architecture, positions, lengths, model.dtype(), model.device());
    }

    @Override
    public Value of(Graph graph, int block, Value projected) {
        Architecture.Layer layer = architecture.layers().get(block);
        Tensor qkv = projected.data();
        int heads = architecture.heads();
        int kvHeads = architecture.kvHeads();
        int group = heads / kvHeads;
        long size = architecture.headSize();
        if (layer.rope() >= 0) {
            rotations
                    .get(layer.rope())
                    .rotate_(qkv.narrow(1, 0, (heads + kvHeads) * size).view(count, heads + kvHeads, size));
        }
        cache.write(block, rows, qkv);
        Tensor queries = qkv.narrow(1, 0, heads * size)
                .mul(architecture.attentionScale(block))
                .view(count, kvHeads, group, size)
                .permute(1, 2, 0, 3);
        List<Tensor> outputs = new ArrayList<>();
        for (int from = 0; from < count; from += CHUNK) {
            int chunk = Math.min(CHUNK, count - from);
            KvCache.View seen = cache.slot(block, slot, before + from + chunk);
            Tensor part = queries.narrow(2, from, chunk).reshape(kvHeads, (long) group * chunk, size);
            Tensor scores = StepAttention.capped(architecture, part.bmm(seen.keys()));
            scores.view(heads, chunk, before + from + chunk).add_(mask(scores, from, chunk, layer.window()));
            outputs.add(scores.softmax(-1)
                    .bmm(seen.values())
                    .view(heads, chunk, size)
                    .transpose(0, 1)
                    .reshape(chunk, heads * size));
        }
        return graph.input(outputs.size() == 1 ? outputs.getFirst() : Tensor.cat(outputs, 0));
    }

    /// 0 where a query sees a key, minus infinity elsewhere, `[chunk, keys]`.
    private Tensor mask(Tensor like, int from, int chunk, int window) {
        Tensor query = Tensor.arange(chunk, DType.INT64, like.device())
                .add_((double) before + from)
                .unsqueeze(1);
        Tensor key = Tensor.arange((long) before + from + chunk, DType.INT64, like.device())
                .unsqueeze(0);
        Tensor hidden = key.gt(query);
        if (window > 0) {
            hidden = hidden.logicalOr(query.add(1.0 - window).gt(key));
        }
        return Tensor.zeros(like.dtype(), like.device(), chunk, (long) before + from + chunk)
                .maskedFill_(hidden, Double.NEGATIVE_INFINITY);
    }
}

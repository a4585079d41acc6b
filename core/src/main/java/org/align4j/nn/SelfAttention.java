package org.align4j.nn;

import java.util.ArrayList;
import java.util.List;
import org.align4j.nn.AttentionPlan.Bucket;
import org.align4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// Causal attention inside each sequence, with grouped queries: products by `bmm` and a softmax,
/// bucket by bucket. (libtorch's CPU flash kernel is tens of times slower in bfloat16.)
///
/// @param heads query heads
/// @param kvHeads key and value heads
/// @param headSize D
/// @param scale factor on query·key
/// @param softCap scores become `cap · tanh(score / cap)`; 0 for none
public record SelfAttention(int heads, int kvHeads, int headSize, AttentionScale scale, double softCap) {
    /// A part of one bucket on its way back.
    private record Part(
            int from,
            int keyFrom,
            Tensor q,
            Tensor k,
            Tensor v,
            Tensor weights,
            @Nullable Tensor capped) {}

    /// @param projected queries, keys and values side by side, `[N, (heads + 2 kv) D]`; changed in
    ///     place
    /// @param rotation of queries and keys, if any
    /// @param window keys that a query sees; 0 for all
    /// @return `[N, heads · D]`
    public Value of(Graph graph, Value projected, AttentionPlan plan, @Nullable Rotation rotation, int window) {
        Tensor qkv = projected.data();
        long rows = qkv.size(0);
        if (rotation != null) {
            rotation.rotate_(turned(qkv));
        }
        Tensor byHead = qkv.view(-1, headSize);
        List<List<Part>> parts = new ArrayList<>();
        List<Tensor> outputs = new ArrayList<>();
        for (Bucket bucket : plan.buckets()) {
            Tensor q = scale.queries_(byHead.indexSelect(0, bucket.queries()));
            Tensor k = graph.keep(byHead.indexSelect(0, bucket.keys()).view(-1, bucket.keyLength(), headSize));
            Tensor v = graph.keep(byHead.indexSelect(0, bucket.values()).view(-1, bucket.keyLength(), headSize));
            List<Tensor> chunks = new ArrayList<>();
            List<Part> bucketParts = new ArrayList<>();
            parts.add(bucketParts);
            for (int from = 0; from < bucket.length(); from += AttentionPlan.CHUNK) {
                chunks.add(forward(graph, plan, bucket, from, q, k, v, window, bucketParts));
            }
            outputs.add(
                    chunks.size() == 1
                            ? chunks.getFirst().view(-1, headSize)
                            : Tensor.cat(chunks, 2).view(-1, headSize));
        }
        Tensor all = outputs.size() == 1 ? outputs.getFirst() : Tensor.cat(outputs, 0);
        Tensor result = all.indexSelect(0, plan.outputPlaces()).view(rows, (long) heads * headSize);
        return graph.result(result, gradient -> projected.accumulate(backward(plan, parts, gradient, rotation)));
    }

    private Tensor turned(Tensor qkv) {
        return qkv.narrow(1, 0, (long) (heads + kvHeads) * headSize).view(qkv.size(0), heads + kvHeads, headSize);
    }

    /// Queries `from …` of a bucket: `[S, kv, group · chunk, D]` as `[S · kv, group, chunk, D]`.
    private Tensor forward(
            Graph graph,
            AttentionPlan plan,
            Bucket bucket,
            int from,
            Tensor q,
            Tensor k,
            Tensor v,
            int window,
            List<Part> parts) {
        int length = bucket.length();
        int group = heads / kvHeads;
        long blocks = (long) bucket.sequences() * kvHeads;
        int chunk = Math.min(AttentionPlan.CHUNK, length - from);
        int start = bucket.prefix() + from;
        int keyFrom = AttentionPlan.firstKey(start, window);
        int keys = start + chunk - keyFrom;
        Tensor queries = q.view(blocks, group, length, headSize);
        queries = graph.keep((chunk == length ? queries : queries.narrow(2, from, chunk))
                .reshape(blocks, (long) group * chunk, headSize));
        boolean seesAll = keys == bucket.keyLength();
        Tensor seenKeys = seesAll ? k : graph.keep(k.narrow(1, keyFrom, keys));
        Tensor seenValues = seesAll ? v : graph.keep(v.narrow(1, keyFrom, keys));
        Tensor scores = scale.scores_(queries.bmm(seenKeys.transpose(1, 2)));
        Tensor capped = null;
        if (softCap > 0) {
            capped = graph.keep(scores.div(softCap).tanh());
            scores = capped.mul(softCap);
        }
        scores.view(bucket.sequences(), heads, chunk, keys).add_(plan.mask(bucket, from, chunk, window));
        Tensor weights = graph.keep(scores.softmax(-1));
        if (graph.isRecording()) {
            parts.add(new Part(from, keyFrom, queries, seenKeys, seenValues, weights, capped));
        }
        return weights.bmm(seenValues).view(blocks, group, chunk, headSize);
    }

    private Tensor backward(AttentionPlan plan, List<List<Part>> parts, Tensor gradient, @Nullable Rotation rotation) {
        Tensor byHead = gradient.contiguous().view(-1, headSize);
        List<Tensor> queries = new ArrayList<>();
        List<Tensor> keys = new ArrayList<>();
        List<Tensor> values = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            backward(plan.buckets().get(i), parts.get(i), byHead, queries, keys, values);
        }
        Tensor result = Tensor.cat(
                List.of(
                        joined(queries).indexSelect(0, plan.outputPlaces()).view(-1, (long) heads * headSize),
                        ofKeys(joined(keys), plan).view(-1, (long) kvHeads * headSize),
                        ofKeys(joined(values), plan).view(-1, (long) kvHeads * headSize)),
                1);
        if (rotation != null) {
            rotation.rotateBack_(turned(result));
        }
        return result;
    }

    private static Tensor joined(List<Tensor> parts) {
        return parts.size() == 1 ? parts.getFirst() : Tensor.cat(parts, 0);
    }

    /// Gradients of the keys or values in the order of the rows; those that several sequences read
    /// are summed.
    private static Tensor ofKeys(Tensor inBuckets, AttentionPlan plan) {
        Tensor own = inBuckets.indexSelect(0, plan.keyPlaces());
        AttentionPlan.Shared shared = plan.shared();
        return shared == null ? own : own.indexAdd_(0, shared.rows(), inBuckets.indexSelect(0, shared.places()));
    }

    private void backward(
            Bucket bucket,
            List<Part> parts,
            Tensor gradient,
            List<Tensor> queries,
            List<Tensor> keys,
            List<Tensor> values) {
        int length = bucket.length();
        int group = heads / kvHeads;
        long blocks = (long) bucket.sequences() * kvHeads;
        // The spare row has a zero gradient: what is padding here gives nothing to keys and values.
        Tensor all = gradient.indexSelect(0, bucket.outputs()).view(blocks, group, length, headSize);
        List<Tensor> chunks = new ArrayList<>();
        Tensor dKeys = null;
        Tensor dValues = null;
        for (Part part : parts) {
            int chunk = (int) (part.q().size(1) / group);
            Tensor output = (chunk == length ? all : all.narrow(2, part.from(), chunk))
                    .reshape(blocks, (long) group * chunk, headSize);
            Tensor dValuesPart = part.weights().transpose(1, 2).bmm(output);
            Tensor scores = part.weights().softmaxBackward(output.bmm(part.v().transpose(1, 2)));
            Tensor capped = part.capped();
            if (capped != null) {
                scores = scores.mul(capped.square().neg().add_(1));
            }
            scale.scores_(scores);
            chunks.add(scale.queries_(scores.bmm(part.k())).view(blocks, group, chunk, headSize));
            Tensor dKeysPart = scores.transpose(1, 2).bmm(part.q());
            if (parts.size() == 1 && dKeysPart.size(1) == bucket.keyLength()) {
                dKeys = dKeysPart;
                dValues = dValuesPart;
            } else {
                if (dKeys == null || dValues == null) {
                    dKeys = Tensor.zeros(gradient.dtype(), gradient.device(), blocks, bucket.keyLength(), headSize);
                    dValues = Tensor.zeros(gradient.dtype(), gradient.device(), blocks, bucket.keyLength(), headSize);
                }
                dKeys.narrow(1, part.keyFrom(), dKeysPart.size(1)).add_(dKeysPart);
                dValues.narrow(1, part.keyFrom(), dKeysPart.size(1)).add_(dValuesPart);
            }
        }
        if (dKeys == null || dValues == null) {
            throw new IllegalStateException("attention kept nothing for its way back");
        }
        queries.add((chunks.size() == 1 ? chunks.getFirst() : Tensor.cat(chunks, 2)).view(-1, headSize));
        keys.add(dKeys.view(-1, headSize));
        values.add(dValues.view(-1, headSize));
    }
}

package org.align4j.nn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// How the sequences of one packed batch meet in attention: buckets of nearly equal lengths, padded
/// inside attention only, so that many short sequences cost few calls and few distinct shapes (each
/// new shape is a new kernel). The last sequence is spare: nothing may depend on it, and padded
/// places read and write its last row. A sequence may continue another, as several answers continue
/// one prompt: then the prompt is computed once and its keys are read by all. Belongs to the scope
/// it is made in.
public final class AttentionPlan {
    /// Sequences of one padded length, and of one padded length of what they continue.
    ///
    /// @param index its place among the buckets
    /// @param sequences S
    /// @param prefix padded length P of the sequences that these continue; 0 if they stand alone. A
    ///     shorter one lies at the end of it, next to its continuation
    /// @param length padded length L
    /// @param queries rows of the heads `[N·(heads + 2 kv), D]` in the order `[S, kv, group, L]`
    /// @param keys the same for keys, `[S, kv, P + L]`
    /// @param values the same for values, `[S, kv, P + L]`
    /// @param outputs rows of `[N·heads, D]` in the order `[S, kv, group, L]`
    record Bucket(
            int index,
            int sequences,
            int prefix,
            int length,
            Tensor queries,
            Tensor keys,
            Tensor values,
            Tensor outputs) {
        /// P + L.
        int keyLength() {
            return prefix + length;
        }
    }

    /// Keys that are read beside their own sequence: by those that continue it.
    ///
    /// @param rows of `[N·kv]`, `[X]`
    /// @param places where they are in the buckets' keys, laid end to end, `[X]`
    record Shared(Tensor rows, Tensor places) {}

    /// What decides a sequence's bucket: padded lengths of what it continues and of itself.
    private record Size(int prefix, int length) {}

    private final List<Bucket> buckets = new ArrayList<>();
    private final int heads;
    private final int kvHeads;
    private final int[] offsets;
    private final int[] parents;
    private final Tensor outputPlaces;
    private final Tensor keyPlaces;
    private final @Nullable Shared shared;
    private final Device device;
    private final Map<List<Integer>, Tensor> masks = new HashMap<>();

    /// Queries that are computed at once; longer sequences go in chunks, so that scores stay small.
    static final int CHUNK = 1024;

    /// @param offsets `[B+1]` of the packed batch, the spare sequence included
    /// @param parents `[B]`: the sequence that each continues, whose tokens all its tokens see; -1
    ///     if it stands alone
    /// @param windows the layers' windows; 0 for none
    /// @param dtype of the computation
    public AttentionPlan(
            int[] offsets, int[] parents, int heads, int kvHeads, Set<Integer> windows, DType dtype, Device device) {
        this.device = device;
        this.heads = heads;
        this.kvHeads = kvHeads;
        this.offsets = offsets;
        this.parents = parents;
        Places places = new Places(rows(), heads, kvHeads);
        for (List<Integer> members : group()) {
            Bucket bucket = bucket(members, places);
            buckets.add(bucket);
            windows.forEach(window -> addMasks(bucket, members, window, dtype));
        }
        outputPlaces = index(places.outputs);
        keyPlaces = index(places.keys);
        long[] sharedRows = places.sharedRows.build().toArray();
        shared = sharedRows.length == 0
                ? null
                : new Shared(
                        index(sharedRows), index(places.sharedPlaces.build().toArray()));
    }

    /// Where rows are in the buckets' outputs and keys.
    private static final class Places {
        private final long[] outputs;
        private final long[] keys;
        private final LongStream.Builder sharedRows = LongStream.builder();
        private final LongStream.Builder sharedPlaces = LongStream.builder();
        private long outputBase;
        private long keyBase;

        private Places(int rows, int heads, int kvHeads) {
            outputs = new long[rows * heads];
            keys = new long[rows * kvHeads];
        }
    }

    private int rows() {
        return offsets[offsets.length - 1];
    }

    private Bucket bucket(List<Integer> members, Places places) {
        Size size = size(members.getFirst());
        int group = heads / kvHeads;
        int keyLength = size.prefix() + size.length();
        long[] queries = new long[members.size() * heads * size.length()];
        long[] outputs = new long[queries.length];
        long[] keys = new long[members.size() * kvHeads * keyLength];
        long[] values = new long[keys.length];
        int query = 0;
        int key = 0;
        for (int sequence : members) {
            int from = offsets[sequence];
            int count = length(sequence);
            for (int kv = 0; kv < kvHeads; kv++) {
                for (int g = 0; g < group; g++) {
                    for (int t = 0; t < size.length(); t++, query++) {
                        long row = t < count ? from + t : rows() - 1;
                        int head = kv * group + g;
                        queries[query] = row * (heads + 2L * kvHeads) + head;
                        outputs[query] = row * heads + head;
                        places.outputs[(int) outputs[query]] = places.outputBase + query;
                    }
                }
                for (int t = -size.prefix(); t < size.length(); t++, key++) {
                    boolean own = t >= 0;
                    int before = own ? 0 : offsets[parents[sequence] + 1] + t;
                    boolean inherited = !own && before >= offsets[parents[sequence]];
                    long row = own && t < count ? from + t : inherited ? before : rows() - 1;
                    keys[key] = row * (heads + 2L * kvHeads) + heads + kv;
                    values[key] = keys[key] + kvHeads;
                    if (own) {
                        places.keys[(int) (row * kvHeads + kv)] = places.keyBase + key;
                    } else if (inherited) {
                        places.sharedRows.add(row * kvHeads + kv);
                        places.sharedPlaces.add(places.keyBase + key);
                    }
                }
            }
        }
        places.outputBase += queries.length;
        places.keyBase += keys.length;
        return new Bucket(
                buckets.size(),
                members.size(),
                size.prefix(),
                size.length(),
                index(queries),
                index(keys),
                index(values),
                index(outputs));
    }

    private Tensor index(long[] values) {
        return Tensor.of(values).to(device);
    }

    /// Sequences by size, longest first, cut where padding would waste more than a call costs.
    private List<List<Integer>> group() {
        List<Integer> bySize = IntStream.range(0, offsets.length - 1)
                .boxed()
                .sorted(Comparator.comparingInt((Integer b) -> -size(b).prefix())
                        .thenComparingInt(b -> -length(b)))
                .toList();
        List<List<Integer>> groups = new ArrayList<>();
        for (int sequence : bySize) {
            Size size = size(sequence);
            Size open = groups.isEmpty() ? null : size(groups.getLast().getFirst());
            if (open == null || open.prefix() != size.prefix() || open.length() > Math.max(32, size.length())) {
                groups.add(new ArrayList<>());
            }
            groups.getLast().add(sequence);
        }
        return groups;
    }

    private int length(int sequence) {
        return offsets[sequence + 1] - offsets[sequence];
    }

    private Size size(int sequence) {
        int parent = parents[sequence];
        return new Size(parent < 0 ? 0 : padded(length(parent)), padded(length(sequence)));
    }

    /// The length rounded up, finely for short ones.
    private static int padded(int length) {
        int unit = length <= 64 ? 16 : length <= 256 ? 32 : 64;
        return (length + unit - 1) / unit * unit;
    }

    List<Bucket> buckets() {
        return buckets;
    }

    /// Where the output of each row and head `[N·heads]` is in the buckets' outputs, laid end to
    /// end.
    Tensor outputPlaces() {
        return outputPlaces;
    }

    /// Where each row's and head's key or value `[N·kv]` is in the buckets' keys, laid end to end.
    Tensor keyPlaces() {
        return keyPlaces;
    }

    /// Further places of keys and values; null if no sequence continues another.
    @Nullable
    Shared shared() {
        return shared;
    }

    /// Adds a bucket's masks: tensors must not be made lazily, or they would die with the scope of
    /// whoever asked first.
    private void addMasks(Bucket bucket, List<Integer> members, int window, DType dtype) {
        for (int from = 0; from < bucket.length(); from += CHUNK) {
            int start = bucket.prefix() + from;
            int queries = Math.min(CHUNK, bucket.length() - from);
            int keyFrom = firstKey(start, window);
            int keys = start + queries - keyFrom;
            masks.computeIfAbsent(key(bucket, from, queries, window), key -> {
                Tensor causal = mask(start, queries, keyFrom, keys, window, dtype);
                return bucket.prefix() == 0 ? causal : withoutPadding(causal, bucket, members, keyFrom);
            });
        }
    }

    /// Buckets without a prefix share their masks.
    private static List<Integer> key(Bucket bucket, int from, int queries, int window) {
        return List.of(bucket.prefix() == 0 ? -1 : bucket.index(), from, queries, window);
    }

    private Tensor mask(int from, int queries, int keyFrom, int keys, int window, DType dtype) {
        Tensor query = Tensor.arange(queries, DType.INT64, device).add_(from).unsqueeze(1);
        Tensor seen = Tensor.arange(keys, DType.INT64, device).add_(keyFrom).unsqueeze(0);
        Tensor hidden = seen.gt(query);
        if (window > 0) {
            hidden = hidden.logicalOr(query.add(1 - window).gt(seen));
        }
        return Tensor.zeros(dtype, device, queries, keys).maskedFill_(hidden, Double.NEGATIVE_INFINITY);
    }

    /// Also hides the padding before what each member continues: `[S, 1, queries, keys]`.
    private Tensor withoutPadding(Tensor causal, Bucket bucket, List<Integer> members, int keyFrom) {
        long[] first = new long[members.size()];
        for (int i = 0; i < first.length; i++) {
            first[i] = (long) bucket.prefix() - length(parents[members.get(i)]);
        }
        Tensor places = Tensor.arange(causal.size(1), DType.INT64, device).add_(keyFrom);
        Tensor padding = index(first).view(-1, 1, 1, 1).gt(places);
        return causal.maskedFill(padding, Double.NEGATIVE_INFINITY);
    }

    /// The first key that any query from `from` on sees.
    static int firstKey(int from, int window) {
        return window > 0 ? Math.max(0, from - window + 1) : 0;
    }

    /// 0 where a query sees a key, minus infinity elsewhere: `[queries, keys]` or `[S, 1, queries,
    /// keys]` for the bucket's queries `from …` and the keys from [#firstKey] to the last query.
    Tensor mask(Bucket bucket, int from, int queries, int window) {
        Tensor mask = masks.get(key(bucket, from, queries, window));
        if (mask == null) {
            throw new IllegalStateException("this plan was not made for window " + window);
        }
        return mask;
    }
}

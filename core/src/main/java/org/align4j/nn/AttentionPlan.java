package org.align4j.nn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Tensor;

/// How the sequences of one packed batch meet in attention: buckets of nearly equal lengths, padded inside attention
/// only, so that many short sequences cost few calls and few distinct shapes (each new shape is a new kernel). The last
/// sequence is spare: nothing may depend on it, and padded places read and write its last row. Belongs to the scope it
/// is made in.
public final class AttentionPlan {
    /// Sequences of one padded length.
    ///
    /// @param sequences S
    /// @param length padded length L
    /// @param queries rows of the heads `[N·(heads + 2 kv), D]` in the order `[S, kv, group, L]`
    /// @param keys the same for keys, `[S, kv, L]`
    /// @param values the same for values, `[S, kv, L]`
    /// @param outputs rows of `[N·heads, D]` in the order `[S, kv, group, L]`
    record Bucket(int sequences, int length, Tensor queries, Tensor keys, Tensor values, Tensor outputs) {}

    private final List<Bucket> buckets = new ArrayList<>();
    private final Tensor outputPlaces;
    private final Tensor keyPlaces;
    private final Device device;
    private final Map<List<Integer>, Tensor> masks = new HashMap<>();

    /// Queries that are computed at once; longer sequences go in chunks, so that scores stay small.
    static final int CHUNK = 1024;

    /// @param offsets `[B+1]` of the packed batch, the spare sequence included
    /// @param windows the layers' windows; 0 for none
    /// @param dtype of the computation
    public AttentionPlan(int[] offsets, int heads, int kvHeads, Set<Integer> windows, DType dtype, Device device) {
        this.device = device;
        int rows = offsets[offsets.length - 1];
        int group = heads / kvHeads;
        long[] outputAt = new long[rows * heads];
        long[] keyAt = new long[rows * kvHeads];
        long outputBase = 0;
        long keyBase = 0;
        for (List<Integer> members : group(offsets)) {
            int length = padded(offsets, members.getFirst());
            windows.forEach(window -> addMasks(length, window, dtype));
            int places = members.size() * kvHeads * length;
            long[] queries = new long[places * group];
            long[] outputs = new long[places * group];
            long[] keys = new long[places];
            long[] values = new long[places];
            int place = 0;
            for (int sequence : members) {
                int from = offsets[sequence];
                int size = offsets[sequence + 1] - from;
                for (int kv = 0; kv < kvHeads; kv++) {
                    for (int t = 0; t < length; t++, place++) {
                        long row = t < size ? from + t : rows - 1;
                        keys[place] = row * (heads + 2L * kvHeads) + heads + kv;
                        values[place] = keys[place] + kvHeads;
                        keyAt[(int) (row * kvHeads + kv)] = keyBase + place;
                        for (int g = 0; g < group; g++) {
                            int at = ((place - t) * group) + g * length + t;
                            int head = kv * group + g;
                            queries[at] = row * (heads + 2L * kvHeads) + head;
                            outputs[at] = row * heads + head;
                            outputAt[(int) outputs[at]] = outputBase + at;
                        }
                    }
                }
            }
            outputBase += queries.length;
            keyBase += keys.length;
            buckets.add(new Bucket(members.size(), length, index(queries), index(keys), index(values), index(outputs)));
        }
        outputPlaces = index(outputAt);
        keyPlaces = index(keyAt);
    }

    private Tensor index(long[] values) {
        return Tensor.of(values).to(device);
    }

    /// Sequences by length, longest first, cut where padding would waste more than a call costs.
    private static List<List<Integer>> group(int[] offsets) {
        List<Integer> byLength = IntStream.range(0, offsets.length - 1)
                .boxed()
                .sorted(Comparator.comparingInt((Integer b) -> offsets[b] - offsets[b + 1]))
                .toList();
        List<List<Integer>> groups = new ArrayList<>();
        for (int sequence : byLength) {
            int length = padded(offsets, sequence);
            if (groups.isEmpty() || padded(offsets, groups.getLast().getFirst()) > Math.max(32, length)) {
                groups.add(new ArrayList<>());
            }
            groups.getLast().add(sequence);
        }
        return groups;
    }

    /// The sequence's length rounded up, finely for short ones.
    private static int padded(int[] offsets, int sequence) {
        int length = offsets[sequence + 1] - offsets[sequence];
        int unit = length <= 64 ? 16 : length <= 256 ? 32 : 64;
        return (length + unit - 1) / unit * unit;
    }

    List<Bucket> buckets() {
        return buckets;
    }

    /// Where the output of each row and head `[N·heads]` is in the buckets' outputs, laid end to end.
    Tensor outputPlaces() {
        return outputPlaces;
    }

    /// Where each row's and head's key or value `[N·kv]` is in the buckets' keys, laid end to end.
    Tensor keyPlaces() {
        return keyPlaces;
    }

    /// Adds the masks of sequences of this length: tensors must not be made lazily, or they would die with the scope
    /// of whoever asked first.
    private void addMasks(int length, int window, DType dtype) {
        for (int from = 0; from < length; from += CHUNK) {
            int start = from;
            int queries = Math.min(CHUNK, length - from);
            int keyFrom = firstKey(from, window);
            int keys = from + queries - keyFrom;
            masks.computeIfAbsent(
                    List.of(from, queries, window), key -> mask(start, queries, keyFrom, keys, window, dtype));
        }
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

    /// The first key that any query from `from` on sees.
    static int firstKey(int from, int window) {
        return window > 0 ? Math.max(0, from - window + 1) : 0;
    }

    /// 0 where a query sees a key, minus infinity elsewhere: `[queries, keys]` for the queries `from …` and the keys
    /// from [#firstKey] to the last query.
    Tensor mask(int from, int queries, int window) {
        Tensor mask = masks.get(List.of(from, queries, window));
        if (mask == null) {
            throw new IllegalStateException("this plan was not made for window " + window);
        }
        return mask;
    }
}

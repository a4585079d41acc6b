package org.align4j.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.align4j.error.AlignException;
import org.align4j.random.CounterRandom;

/// Which examples each optimiser step sees. A function of lengths, settings, seed and epoch: any
/// step of any epoch is found without going through those before it, which is what resuming does.
///
/// Each epoch visits every example once. It is shuffled, cut into micro batches, and these are
/// gathered into windows of `accumulation`; one window is one step. The last micro batch and the
/// last window of an epoch may be smaller: divide the loss by the window's trained tokens.
///
/// @param lengths tokens of each example
/// @param sizing where micro batches are cut
/// @param accumulation micro batches a step
/// @param shuffle false: the order of the data in every epoch
@SuppressWarnings("ArrayRecordComponent") // a plan is compared by nobody
public record BatchPlan(int[] lengths, Sizing sizing, int accumulation, boolean shuffle, long seed) {
    /// Sorting by length happens among this many micro batches' worth of examples at a time, so
    /// that an epoch's order stays random at large.
    private static final int SORTED_BATCHES = 64;

    /// How micro batches are cut.
    public sealed interface Sizing {}

    /// A number of examples.
    public record ByCount(int examples) implements Sizing {
        public ByCount {
            if (examples < 1) {
                throw new AlignException.Config("batch_size: " + examples + "; must be at least 1");
            }
        }
    }

    /// As many examples as fit into a number of tokens.
    ///
    /// @param groupByLength put examples of like lengths together: attention then needs fewer calls
    public record ByTokens(int maxTokens, boolean groupByLength) implements Sizing {
        public ByTokens {
            if (maxTokens < 1) {
                throw new AlignException.Config("max_tokens: " + maxTokens + "; must be at least 1");
            }
        }
    }

    /// One optimiser step.
    ///
    /// @param epoch from 0
    /// @param index the step's number within its epoch, from 0
    /// @param microBatches numbers of the examples of each micro batch
    public record Step(int epoch, int index, List<List<Integer>> microBatches) {
        /// Packs the micro batches, in order.
        public List<PackedBatch> pack(List<TokenizedExample> examples) {
            return microBatches.stream()
                    .map(batch ->
                            PackedBatch.of(batch.stream().map(examples::get).toList()))
                    .toList();
        }
    }

    /// Checks that every example fits.
    ///
    /// @throws AlignException.Config when there is none, accumulation is below 1, or one is longer
    ///     than the token budget
    public BatchPlan {
        if (lengths.length == 0) {
            throw new AlignException.Config("data: no examples to make batches of");
        }
        if (accumulation < 1) {
            throw new AlignException.Config("gradient_accumulation: " + accumulation + "; must be at least 1");
        }
        int longest = Arrays.stream(lengths).max().orElseThrow();
        if (sizing instanceof ByTokens byTokens && longest > byTokens.maxTokens()) {
            throw new AlignException.Config("max_tokens: " + byTokens.maxTokens()
                    + " is less than the longest example (" + longest + " tokens); raise it or lower data.max_length");
        }
    }

    public static BatchPlan of(
            List<TokenizedExample> examples, Sizing sizing, int accumulation, boolean shuffle, long seed) {
        int[] lengths = examples.stream().mapToInt(TokenizedExample::length).toArray();
        return new BatchPlan(lengths, sizing, accumulation, shuffle, seed);
    }

    /// The steps of an epoch.
    public List<Step> epoch(int epoch) {
        List<List<Integer>> batches = microBatches(epoch);
        List<Step> steps = new ArrayList<>();
        for (int from = 0; from < batches.size(); from += accumulation) {
            int to = Math.min(batches.size(), from + accumulation);
            steps.add(new Step(epoch, steps.size(), List.copyOf(batches.subList(from, to))));
        }
        return steps;
    }

    /// Steps in the first `epochs` epochs. By count every epoch has as many; by tokens they may
    /// differ.
    public long steps(int epochs) {
        if (sizing instanceof ByCount) {
            return (long) epochs * epoch(0).size();
        }
        return LongStream.range(0, epochs)
                .map(epoch -> epoch((int) epoch).size())
                .sum();
    }

    /// Step `step` (from 0, over all epochs) and those after it, without end.
    public Iterator<Step> from(long step) {
        int epoch = 0;
        long before = step;
        if (sizing instanceof ByCount) {
            int size = epoch(0).size();
            epoch = Math.toIntExact(step / size);
            before = step % size;
        } else {
            for (int size = epoch(0).size(); before >= size; size = epoch(epoch).size()) {
                before -= size;
                epoch++;
            }
        }
        return Stream.iterate(epoch, next -> next + 1)
                .flatMap(next -> epoch(next).stream())
                .skip(before)
                .iterator();
    }

    /// The same, each made into what a trainer learns from when it is asked for: a stream would make
    /// those of a whole epoch at once.
    public <W> Iterator<W> windows(long step, Function<Step, W> window) {
        Iterator<Step> steps = from(step);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return steps.hasNext();
            }

            @Override
            public W next() {
                return window.apply(steps.next());
            }
        };
    }

    /// The examples that the first `steps` steps see, each once, in the order of their first step.
    public List<Integer> seen(long steps) {
        SequencedSet<Integer> seen = new LinkedHashSet<>();
        Iterator<Step> all = from(0);
        for (long step = 0; step < steps && seen.size() < lengths.length; step++) {
            all.next().microBatches().forEach(seen::addAll);
        }
        return List.copyOf(seen);
    }

    private List<List<Integer>> microBatches(int epoch) {
        int[] order = shuffle
                ? CounterRandom.of(seed, "example order").permutation(lengths.length, epoch)
                : IntStream.range(0, lengths.length).toArray();
        return switch (sizing) {
            case ByCount byCount -> cutByCount(order, byCount.examples());
            case ByTokens byTokens when byTokens.groupByLength() -> grouped(order, byTokens.maxTokens(), epoch);
            case ByTokens byTokens -> cutByTokens(order, byTokens.maxTokens());
        };
    }

    private static List<List<Integer>> cutByCount(int[] order, int examples) {
        List<List<Integer>> batches = new ArrayList<>();
        for (int from = 0; from < order.length; from += examples) {
            batches.add(list(order, from, Math.min(order.length, from + examples)));
        }
        return batches;
    }

    private List<List<Integer>> cutByTokens(int[] order, int maxTokens) {
        List<List<Integer>> batches = new ArrayList<>();
        int from = 0;
        int tokens = 0;
        for (int i = 0; i < order.length; i++) {
            if (tokens + lengths[order[i]] > maxTokens) {
                batches.add(list(order, from, i));
                from = i;
                tokens = 0;
            }
            tokens += lengths[order[i]];
        }
        batches.add(list(order, from, order.length));
        return batches;
    }

    private List<List<Integer>> grouped(int[] order, int maxTokens, int epoch) {
        long total = Arrays.stream(lengths).asLongStream().sum();
        long perBatch = Math.max(1, maxTokens * (long) lengths.length / total);
        int window = (int) Math.min(lengths.length, SORTED_BATCHES * perBatch);
        int[] sorted = new int[order.length];
        for (int from = 0; from < order.length; from += window) {
            int to = Math.min(order.length, from + window);
            int[] part = Arrays.stream(order, from, to)
                    .boxed()
                    .sorted(Comparator.comparingInt(example -> lengths[example]))
                    .mapToInt(Integer::intValue)
                    .toArray();
            System.arraycopy(part, 0, sorted, from, part.length);
        }
        List<List<Integer>> batches = cutByTokens(sorted, maxTokens);
        if (!shuffle) {
            return batches;
        }
        // Otherwise every window would train on short examples first.
        int[] shuffled = CounterRandom.of(seed, "batch order").permutation(batches.size(), epoch);
        return Arrays.stream(shuffled).mapToObj(batches::get).toList();
    }

    private static List<Integer> list(int[] order, int from, int to) {
        return Arrays.stream(order, from, to).boxed().toList();
    }
}

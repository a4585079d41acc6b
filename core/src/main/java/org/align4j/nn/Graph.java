package org.align4j.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.align4j.random.CounterRandom;
import org.align4j.tensor.Keeper;
import org.align4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// A record of operations that can be run backwards, in the reverse of their order. Each operation
/// says by hand how its gradient flows and which tensors that needs, so that nothing else stays in
/// memory; libtorch's autograd is used for losses only.
public final class Graph {
    private final @Nullable Keeper keeper;
    private final List<Runnable> steps = new ArrayList<>();

    private final boolean training;
    private final CounterRandom random;
    private int draws;
    private @Nullable Value routerScores;

    private Graph(@Nullable Keeper keeper, boolean training, long seed) {
        this.keeper = keeper;
        this.training = training;
        this.random = CounterRandom.of(seed, "dropout");
    }

    /// A graph that can be run backwards.
    ///
    /// @param keeper holds what that needs
    /// @param seed of dropout
    public static Graph recording(Keeper keeper, long seed) {
        return new Graph(keeper, true, seed);
    }

    /// A graph that computes what a recording one with this seed does, bit for bit, but keeps
    /// nothing: a recording one is to follow.
    ///
    /// @param seed of dropout
    public static Graph rehearsal(long seed) {
        return new Graph(null, true, seed);
    }

    /// A graph that only computes.
    public static Graph inference() {
        return new Graph(null, false, 0);
    }

    /// Whether the model learns from this pass, now or when it is computed again: then dropout
    /// acts.
    boolean isTraining() {
        return training;
    }

    public boolean isRecording() {
        return keeper != null;
    }

    /// A value from outside.
    public Value input(Tensor data) {
        return new Value(data);
    }

    /// The result of an operation.
    ///
    /// @param backward what to do with the result's gradient
    /// @param saved the tensors that `backward` reads, beside parameters
    Value result(Tensor data, Consumer<Tensor> backward, Tensor... saved) {
        Value value = new Value(data);
        if (keeper != null) {
            for (Tensor tensor : saved) {
                keeper.keep(tensor);
            }
            steps.add(() -> {
                Tensor gradient = value.gradient();
                if (gradient != null) {
                    backward.accept(gradient);
                }
            });
        }
        return value;
    }

    /// Keeps a tensor for the way back.
    Tensor keep(Tensor tensor) {
        return keeper == null ? tensor : keeper.keep(tensor);
    }

    /// Which values of `like` a dropout leaves, as booleans. The draws come from this graph's seed
    /// and the number of draws before, so that a recomputed graph repeats them.
    Tensor dropout(double p, Tensor like) {
        draws++;
        return Tensor.bernoulli(1 - p, random.bits(draws), like);
    }

    void noteRouterScores(Value scores) {
        routerScores = scores;
    }

    /// The router's scores of the mixture that ran in this graph, `[N, E]`.
    public Optional<Value> routerScores() {
        return Optional.ofNullable(routerScores);
    }

    /// `a + b`.
    public Value add(Value a, Value b) {
        return result(a.data().add(b.data()), gradient -> {
            a.accumulate(gradient);
            b.accumulate(gradient);
        });
    }

    /// `factor * a`.
    public Value scale(Value a, double factor) {
        return result(a.data().mul(factor), gradient -> a.accumulate(gradient.mul(factor)));
    }

    /// Rows of `a` `[N, …]` by an int64 index `[M]`; a row may be taken more than once.
    public Value rows(Value a, Tensor index) {
        long[] shape = a.data().shape();
        return result(
                a.data().indexSelect(0, index),
                gradient -> a.accumulate(
                        Tensor.zeros(gradient.dtype(), gradient.device(), shape).indexAdd_(0, index, gradient)));
    }

    /// Cuts `a` `[N, …]` into columns of these widths; each gets a contiguous copy.
    public List<Value> split(Value a, long... widths) {
        List<Value> parts = new ArrayList<>();
        long at = 0;
        for (long width : widths) {
            parts.add(new Value(a.data().narrow(1, at, width).contiguous()));
            at += width;
        }
        if (isRecording()) {
            steps.add(() -> a.accumulate(
                    Tensor.cat(parts.stream().map(Value::arrivedGradient).toList(), 1)));
        }
        return parts;
    }

    /// Columns side by side.
    public Value concat(List<Value> parts) {
        Tensor whole = Tensor.cat(parts.stream().map(Value::data).toList(), 1);
        long[] widths = parts.stream().mapToLong(part -> part.data().size(1)).toArray();
        return result(whole, gradient -> {
            long at = 0;
            for (int i = 0; i < widths.length; i++) {
                parts.get(i).accumulate(gradient.narrow(1, at, widths[i]));
                at += widths[i];
            }
        });
    }

    /// The same numbers in another shape.
    public Value view(Value a, long... shape) {
        long[] before = a.data().shape();
        return result(a.data().view(shape), gradient -> a.accumulate(gradient.reshape(before)));
    }

    /// Runs the operations backwards from `output`, whose gradient is given.
    public void backward(Value output, Tensor gradient) {
        output.accumulate(gradient);
        for (int i = steps.size() - 1; i >= 0; i--) {
            steps.get(i).run();
        }
    }
}

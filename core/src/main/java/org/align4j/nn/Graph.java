package org.align4j.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.align4j.tensor.Keeper;
import org.align4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// A record of operations that can be run backwards, in the reverse of their order. Each operation says by hand how
/// its gradient flows and which tensors that needs, so that nothing else stays in memory; libtorch's autograd is used
/// for losses only.
public final class Graph {
    private final @Nullable Keeper keeper;
    private final List<Runnable> steps = new ArrayList<>();

    private final long seed;
    private int draws;

    private Graph(@Nullable Keeper keeper, long seed) {
        this.keeper = keeper;
        this.seed = seed;
    }

    /// A graph that can be run backwards.
    ///
    /// @param keeper holds what that needs
    /// @param seed of dropout
    public static Graph recording(Keeper keeper, long seed) {
        return new Graph(keeper, seed);
    }

    /// A graph that only computes.
    public static Graph inference() {
        return new Graph(null, 0);
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

    /// Factors 0 and 1 / (1 - p) in the form of `like`. The draws come from this graph's seed and the number of draws
    /// before, so that a recomputed graph repeats them.
    Tensor dropout(double p, Tensor like) {
        draws++;
        return Tensor.bernoulli(1 - p, seed * 1_000_003 + draws, like).mul_(1 / (1 - p));
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

    /// Runs the operations backwards from `output`, whose gradient is given.
    public void backward(Value output, Tensor gradient) {
        output.accumulate(gradient);
        for (int i = steps.size() - 1; i >= 0; i--) {
            steps.get(i).run();
        }
    }
}

package org.align4j.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.align4j.tensor.Tensor;

/// A mixture of experts: each token visits the `perToken` experts that the router likes best, and
/// their outputs are added with the router's probabilities as weights (Mixtral, Qwen3-MoE).
///
/// @param router scores of the experts, `[E, H]`
/// @param normalise whether the chosen probabilities are made to sum to 1
public record Mixture(Linear router, List<Mlp> experts, int perToken, boolean normalise) implements FeedForward {
    public Mixture {
        experts = List.copyOf(experts);
    }

    @Override
    public Value plus(Graph graph, Value x, Value residual) {
        return graph.add(residual, of(graph, x));
    }

    @Override
    public Value of(Graph graph, Value x) {
        Value scores = router.of(graph, x);
        graph.noteRouterScores(scores);
        Tensor chosen = scores.data().softmaxFloat32(-1).topk(perToken).indices();
        Value weights = weights(graph, scores, chosen);
        List<Value> outputs = new ArrayList<>();
        List<Tensor> places = new ArrayList<>();
        long[] expertOf = chosen.toLongs();
        for (int e = 0; e < experts.size(); e++) {
            long[] slots = slotsOf(e, expertOf);
            if (slots.length == 0) {
                continue;
            }
            Tensor slot = graph.keep(Tensor.of(slots).to(x.data().device()));
            Tensor token = graph.keep(tokens(slots).to(x.data().device()));
            Value output = experts.get(e).of(graph, graph.rows(x, token));
            outputs.add(weigh(graph, output, graph.rows(weights, slot)));
            places.add(token);
        }
        return sum(graph, x.data(), outputs, places);
    }

    private static long[] slotsOf(int expert, long[] expertOf) {
        long[] slots = new long[expertOf.length];
        int count = 0;
        for (int slot = 0; slot < expertOf.length; slot++) {
            if (expertOf[slot] == expert) {
                slots[count++] = slot;
            }
        }
        return Arrays.copyOf(slots, count);
    }

    private Tensor tokens(long[] slots) {
        long[] tokens = slots.clone();
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] /= perToken;
        }
        return Tensor.of(tokens);
    }

    /// The chosen experts' weights, `[N · perToken, 1]`. Small, so autograd finds the way back.
    private Value weights(Graph graph, Value scores, Tensor chosen) {
        Tensor leaf = scores.data().detach();
        if (graph.isRecording()) {
            leaf.requiresGrad();
        }
        Tensor picked = leaf.softmaxFloat32(-1).gather(-1, chosen);
        if (normalise) {
            picked = picked.div(picked.sumFloat32(-1, true));
        }
        Tensor weights = picked.to(scores.data().dtype()).reshape(-1, 1);
        return graph.result(
                weights.detach(),
                gradient -> {
                    weights.backward(gradient);
                    scores.accumulate(leaf.grad());
                },
                leaf,
                weights);
    }

    private static Value weigh(Graph graph, Value output, Value weight) {
        return graph.result(
                output.data().mul(weight.data()),
                gradient -> {
                    output.accumulate(gradient.mul(weight.data()));
                    weight.accumulate(
                            gradient.mul(output.data()).sumFloat32(-1, true).to(gradient.dtype()));
                },
                output.data(),
                weight.data());
    }

    private static Value sum(Graph graph, Tensor like, List<Value> outputs, List<Tensor> places) {
        Tensor total = Tensor.zeros(like.dtype(), like.device(), like.shape());
        for (int i = 0; i < outputs.size(); i++) {
            total.indexAdd_(0, places.get(i), outputs.get(i).data());
        }
        return graph.result(total, gradient -> {
            for (int i = 0; i < outputs.size(); i++) {
                outputs.get(i).accumulate(gradient.indexSelect(0, places.get(i)));
            }
        });
    }
}

package org.align4j.model;

import java.util.ArrayList;
import java.util.List;
import org.align4j.nn.Graph;
import org.align4j.nn.Linear;
import org.align4j.nn.Parameter;
import org.align4j.tensor.DType;
import org.align4j.tensor.Keeper;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// The way from hidden states to log-probabilities of targets, without ever holding all logits in
/// float32: rows are taken in chunks, and chunks in slices that fit the cache.
///
/// @param projection its weight is `[V, H]`
/// @param softCap logits become `cap · tanh(logit / cap)`; 0 for none
record Head(Linear projection, double softCap) {
    /// Rows whose logits exist at once.
    private static final int CHUNK = 2048;
    /// Float32 log-probabilities that exist at once on a CPU: as many rows of the vocabulary as fit
    /// the cache.
    private static final long SLICE = 3L << 18;
    /// Bytes of logits that may wait for the way back; more are computed again.
    private static final long KEPT_BYTES = 256L << 20;

    /// What a pass over M rows gives.
    ///
    /// @param logps log-probabilities of the targets, float32 `[M]`
    /// @param entropy of each row's distribution, float32 `[M]`, if wanted
    /// @param meanLogp mean log-probability over the vocabulary, float32 `[M]`, if wanted
    /// @param concentration log Σ_v p_v² of each row's distribution, float32 `[M]`, if wanted
    /// @param divergence KL(q ‖ p) of each row's distribution from the teacher's, float32 `[M]`, if
    ///     wanted
    /// @param kept logits of each chunk, `[m, V]`, empty if they didn't fit
    record Result(
            Tensor logps,
            @Nullable Tensor entropy,
            @Nullable Tensor meanLogp,
            @Nullable Tensor concentration,
            @Nullable Tensor divergence,
            List<Tensor> kept) {}

    /// Gradients with respect to the leaves of a [Result]; those not wanted are null.
    record Gradients(
            @Nullable Tensor logps,
            @Nullable Tensor entropy,
            @Nullable Tensor meanLogp,
            @Nullable Tensor divergence) {}

    Parameter weight() {
        return projection.weight();
    }

    /// Logits `[M, V]` of hidden states `[M, H]`, in the compute type.
    Tensor logits(Tensor hidden) {
        Graph graph = Graph.inference();
        Tensor logits = projection.of(graph, graph.input(hidden)).data();
        return softCap > 0 ? logits.mul_(1 / softCap).tanh().mul_(softCap) : logits;
    }

    /// @param hidden after the final norm, `[M, H]`
    /// @param targets int64 `[M]`
    /// @param keeper holds the logits for the way back; null if there is none
    Result forward(Tensor hidden, Tensor targets, Wanted wanted, @Nullable Keeper keeper) {
        long rows = hidden.size(0);
        Tensor logps = zeros(hidden, rows);
        Tensor entropy = wanted.entropy() ? zeros(hidden, rows) : null;
        Tensor meanLogp = wanted.meanLogp() ? zeros(hidden, rows) : null;
        Tensor concentration = wanted.concentration() ? zeros(hidden, rows) : null;
        Tensor divergence = wanted.soft().isPresent() ? zeros(hidden, rows) : null;
        Result result = new Result(logps, entropy, meanLogp, concentration, divergence, new ArrayList<>());
        long bytes = rows * weight().value().size(0) * hidden.dtype().bytes();
        for (long from = 0; from < rows; from += CHUNK) {
            long count = Math.min(CHUNK, rows - from);
            try (Scope scope = Scope.open()) {
                Tensor logits = logits(hidden.narrow(0, from, count));
                if (keeper != null && bytes <= KEPT_BYTES) {
                    result.kept().add(keeper.keep(logits));
                }
                for (long at = 0; at < count; at += slice(logits)) {
                    long size = Math.min(slice(logits), count - at);
                    try (Scope inner = Scope.open()) {
                        slice(logits.narrow(0, at, size), targets, from + at, wanted, result);
                    }
                }
            }
        }
        return result;
    }

    private static void slice(Tensor logits, Tensor targets, long from, Wanted wanted, Result result) {
        long size = logits.size(0);
        Tensor all = scaled(logits, wanted).logSoftmaxFloat32(-1);
        result.logps()
                .narrow(0, from, size)
                .copy_(all.gather(1, targets.narrow(0, from, size).unsqueeze(1)).squeeze(1));
        if (result.meanLogp() != null) {
            result.meanLogp()
                    .narrow(0, from, size)
                    .copy_(all.sumFloat32(-1, false).mul_(1.0 / all.size(1)));
        }
        if (result.concentration() != null) {
            result.concentration().narrow(0, from, size).copy_(all.mul(2).logsumexp(-1));
        }
        if (result.entropy() != null) {
            result.entropy()
                    .narrow(0, from, size)
                    .copy_(all.exp().mul_(all).sumFloat32(-1, false).neg());
        }
        if (result.divergence() != null) {
            SoftTargets soft = wanted.soft().orElseThrow();
            Tensor aims = soft.probabilities(from, size);
            // 0 log 0 is 0
            Tensor surprise = aims.clamp(Float.MIN_NORMAL, 1).log().sub_(softened(logits, soft));
            result.divergence().narrow(0, from, size).copy_(surprise.mul_(aims).sumFloat32(-1, false));
        }
    }

    /// Accumulates the head's gradient and gives the hidden states'.
    Tensor backward(Tensor hidden, Tensor targets, Wanted wanted, Result result, Gradients gradients) {
        long rows = hidden.size(0);
        Tensor inputGradient = Tensor.empty(hidden.dtype(), hidden.device(), hidden.shape());
        for (long from = 0; from < rows; from += CHUNK) {
            long count = Math.min(CHUNK, rows - from);
            try (Scope scope = Scope.open()) {
                Tensor chunk = hidden.narrow(0, from, count);
                Tensor logits =
                        result.kept().isEmpty() ? logits(chunk) : result.kept().get((int) (from / CHUNK));
                for (long at = 0; at < count; at += slice(logits)) {
                    long size = Math.min(slice(logits), count - at);
                    try (Scope inner = Scope.open()) {
                        turnIntoGradient(logits.narrow(0, at, size), targets, from + at, wanted, gradients);
                    }
                }
                inputGradient.narrow(0, from, count).copy_(logits.mm(weight().value()));
                if (weight().isTrained()) {
                    weight().accumulate(logits.t().mm(chunk));
                }
            }
        }
        return inputGradient;
    }

    /// Replaces logits z by the loss's gradient. With p = softmax(z / T), target a and gradients g
    /// of log p_a, m of the mean log-probability and h of the entropy H: (g (1_a - p) + m (1/V - p)
    /// - h p (log p + H)) / T; with d of the divergence from a teacher's q at its temperature T',
    /// and p' = softmax(z / T'), also d (p' - q) / T'.
    private void turnIntoGradient(Tensor logits, Tensor targets, long from, Wanted wanted, Gradients gradients) {
        long size = logits.size(0);
        Tensor all = scaled(logits, wanted).logSoftmaxFloat32(-1);
        Tensor target = targets.narrow(0, from, size).unsqueeze(1);
        Tensor logpGradient = part(gradients.logps(), from, size);
        Tensor meanGradient = part(gradients.meanLogp(), from, size);
        Tensor entropyGradient = part(gradients.entropy(), from, size);
        Tensor entropyTerm = null;
        if (entropyGradient != null) {
            Tensor probabilities = all.exp();
            Tensor entropy = probabilities.mul(all).sumFloat32(-1, true).neg();
            entropyTerm = all.add(entropy).mul_(probabilities).mul_(entropyGradient);
        }
        Tensor divergenceTerm = divergenceTerm(logits, from, wanted, gradients);
        Tensor result = all.exp_();
        Tensor weight = sum(logpGradient, meanGradient);
        if (weight == null) {
            result.zero_();
        } else {
            result.mul_(weight.neg());
        }
        if (logpGradient != null) {
            result.scatterAdd_(1, target, logpGradient);
        }
        if (meanGradient != null) {
            result.add_(meanGradient.mul(1.0 / logits.size(1)));
        }
        if (entropyTerm != null) {
            result.sub_(entropyTerm);
        }
        if (wanted.temperature() != 1) {
            result.mul_(1 / wanted.temperature());
        }
        if (divergenceTerm != null) {
            result.add_(divergenceTerm);
        }
        if (softCap > 0) {
            result.mul_(
                    logits.to(DType.FLOAT32).mul_(1 / softCap).square().neg().add_(1));
        }
        logits.copy_(result);
    }

    private static @Nullable Tensor divergenceTerm(Tensor logits, long from, Wanted wanted, Gradients gradients) {
        long size = logits.size(0);
        Tensor gradient = part(gradients.divergence(), from, size);
        if (gradient == null) {
            return null;
        }
        SoftTargets soft = wanted.soft().orElseThrow();
        return softened(logits, soft)
                .exp_()
                .sub_(soft.probabilities(from, size))
                .mul_(gradient)
                .mul_(1 / soft.temperature());
    }

    /// Log-probabilities at the teacher's temperature, float32 `[m, V]`.
    private static Tensor softened(Tensor logits, SoftTargets soft) {
        return logits.to(DType.FLOAT32).mul(1 / soft.temperature()).logSoftmaxFloat32(-1);
    }

    private static @Nullable Tensor part(@Nullable Tensor gradient, long from, long size) {
        return gradient == null ? null : gradient.narrow(0, from, size).unsqueeze(1);
    }

    private static @Nullable Tensor sum(@Nullable Tensor a, @Nullable Tensor b) {
        return a == null ? b : b == null ? a : a.add(b);
    }

    private static Tensor scaled(Tensor logits, Wanted wanted) {
        return wanted.temperature() == 1 ? logits : logits.to(DType.FLOAT32).mul(1 / wanted.temperature());
    }

    /// A GPU takes a chunk at once.
    private static long slice(Tensor logits) {
        return logits.device().isCpu() ? Math.clamp(SLICE / logits.size(1), 1, CHUNK) : CHUNK;
    }

    private static Tensor zeros(Tensor like, long rows) {
        return Tensor.zeros(DType.FLOAT32, like.device(), rows);
    }
}

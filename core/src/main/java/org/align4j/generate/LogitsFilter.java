package org.align4j.generate;

import java.util.List;
import org.align4j.tensor.Tensor;

/// A processor that removes unlikely tokens by the scores alone. Probabilities are the softmax
/// of the scores it is given, so after an earlier filter they are renormalised. At least `keep`
/// tokens stay in each row.
public sealed interface LogitsFilter extends LogitsProcessor {
    double REMOVED = Double.NEGATIVE_INFINITY;

    /// Below every log-probability of a token that isn't removed.
    double NO_LOGP = -1e30;

    /// The processed scores, `[B, V]`, of float32 scores, `[B, V]`.
    Tensor filter(Tensor scores);

    @Override
    default Tensor apply(Tensor scores, List<TokenHistory> histories) {
        return filter(scores);
    }

    /// Keeps the `k` best tokens and all that tie with the last of them (`TopKLogitsWarper`).
    record TopK(int k, int keep) implements LogitsFilter {
        @Override
        public Tensor filter(Tensor scores) {
            long count = Math.max(k, keep);
            return count >= scores.size(1) ? scores : scores.maskedFill(scores.lt(least(scores, count)), REMOVED);
        }
    }

    /// Keeps the fewest best tokens whose probabilities reach `p` (`TopPLogitsWarper`; nucleus
    /// sampling, Holtzman et al. 2020). Of tokens that tie at the border the lowest ids stay.
    record TopP(double p, int keep) implements LogitsFilter {
        @Override
        public Tensor filter(Tensor scores) {
            return p >= 1 ? scores : Nucleus.top(scores, p, keep);
        }
    }

    /// Keeps tokens at least `p` times as probable as the best (`MinPLogitsWarper`; Nguyen et
    /// al. 2024).
    record MinP(double p, int keep) implements LogitsFilter {
        @Override
        public Tensor filter(Tensor scores) {
            Tensor probabilities = scores.softmaxFloat32(1);
            Tensor removed = probabilities.lt(probabilities.amax(1, true).mul(p));
            if (keep > 1) {
                Tensor best = probabilities.topk(Math.min(keep, scores.size(1))).indices();
                removed.scatter_(1, best, 0);
            }
            return scores.maskedFill(removed, REMOVED);
        }
    }

    /// Keeps the tokens whose surprise is nearest to the entropy until their probabilities
    /// reach `mass` (`TypicalLogitsWarper`; Meister et al. 2023). Ties at the border all stay.
    record TypicalP(double mass, int keep) implements LogitsFilter {
        @Override
        public Tensor filter(Tensor scores) {
            return mass >= 1 ? scores : Nucleus.typical(scores, mass, keep);
        }
    }

    /// Keeps tokens of probability at least `epsilon` (`EpsilonLogitsWarper`; Hewitt et al.
    /// 2022).
    record EpsilonCutoff(double epsilon, int keep) implements LogitsFilter {
        @Override
        public Tensor filter(Tensor scores) {
            Tensor removed = scores.softmaxFloat32(1).lt(epsilon);
            return scores.maskedFill(spare(scores, removed, keep), REMOVED);
        }
    }

    /// Keeps tokens of probability at least min(`epsilon`, sqrt(`epsilon`) exp(-entropy))
    /// (`EtaLogitsWarper`; eq. 5 of Hewitt et al. 2022).
    record EtaCutoff(double epsilon, int keep) implements LogitsFilter {
        @Override
        public Tensor filter(Tensor scores) {
            Tensor logps = scores.logSoftmaxFloat32(1);
            Tensor bound = entropy(logps).neg().exp().mul(Math.sqrt(epsilon));
            Tensor eta = bound.maskedFill(bound.lt(epsilon).logicalNot(), epsilon);
            return scores.maskedFill(spare(scores, logps.exp().lt(eta), keep), REMOVED);
        }
    }

    /// Entropy of each row of log-probabilities `[B, V]`, `[B, 1]`; removed tokens add nothing.
    static Tensor entropy(Tensor logps) {
        // 0 times -inf would be NaN.
        Tensor finite = logps.maskedFill(logps.lt(NO_LOGP), 0);
        return logps.exp().mul(finite).sumFloat32(1, true).neg();
    }

    /// The `k`-th largest score of each row, `[B, 1]`.
    private static Tensor least(Tensor scores, long k) {
        return scores.topk(Math.min(k, scores.size(1))).values().narrow(1, Math.min(k, scores.size(1)) - 1, 1);
    }

    /// `removed` without the `keep` best tokens and those that tie with the last of them.
    private static Tensor spare(Tensor scores, Tensor removed, int keep) {
        Tensor border = keep == 1 ? scores.amax(1, true) : least(scores, keep);
        return removed.logicalAnd(scores.lt(border));
    }
}

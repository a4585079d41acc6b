package org.align4j.loss;

import java.util.List;
import org.align4j.data.preference.Judgement;
import org.align4j.data.preference.Preference;
import org.align4j.data.preference.Ranking;
import org.align4j.data.preference.Ratings;
import org.align4j.error.AlignException;
import org.align4j.tensor.Tensor;

/// How far a reward model's scores are from what one labeler says about K outputs. Those of pairs
/// are means over all pairs that the labeler decided, so that K outputs count as one batch element,
/// 1 / C(K, 2) a pair (Ouyang et al. 2022, eq. 1). A soft label p makes a pair's loss p times that
/// of its order and 1 − p times that of the other one.
public sealed interface RewardLoss {
    /// A scalar, zero where the judgement says nothing that this loss can use (see [#uses]).
    ///
    /// @param scores of the outputs, float32 `[K]`
    /// @param ids of the outputs, in the order of the scores
    /// @throws AlignException.Data for a judgement that this loss cannot learn from at all
    Tensor of(Tensor scores, List<String> ids, Judgement judgement);

    /// Whether the judgement says something that this loss can use.
    ///
    /// @throws AlignException.Data for one that it cannot compute
    default boolean uses(Judgement judgement) {
        return !judgement.preferences().isEmpty();
    }

    private static double probability(Preference preference) {
        return preference.probability().orElse(1.0);
    }

    /// −log σ(r_better − r_worse), Bradley and Terry 1952. With a soft label p or smoothing ε it is
    /// the cross entropy against p (1 − ε) + (1 − p) ε.
    ///
    /// @param smoothing ε in [0, ½): the share of labels thought to be wrong
    /// @param margins whether the data's margins m are demanded: −log σ(r_better − r_worse − m),
    ///     Touvron et al. 2023
    /// @param ties what a tie is: half a win for each, or left out
    record BradleyTerry(double smoothing, boolean margins, Ties ties) implements RewardLoss {
        /// What Bradley–Terry, which knows no ties, makes of one.
        public enum Ties {
            HALF,
            DROP
        }

        public BradleyTerry {
            if (!(smoothing >= 0 && smoothing < 0.5)) {
                throw new IllegalArgumentException("smoothing must be in [0, 0.5), got " + smoothing);
            }
        }

        /// Hard labels, ties as half a win.
        public static BradleyTerry plain() {
            return new BradleyTerry(0, false, Ties.HALF);
        }

        @Override
        public boolean uses(Judgement judgement) {
            return judgement.preferences().stream().anyMatch(this::uses);
        }

        private boolean uses(Preference preference) {
            return !preference.tie() || ties == Ties.HALF;
        }

        @Override
        public Tensor of(Tensor scores, List<String> ids, Judgement judgement) {
            List<Preference> used =
                    judgement.preferences().stream().filter(this::uses).toList();
            if (used.isEmpty()) {
                return scores.sum().mul(0);
            }
            PairScores pairs = PairScores.of(scores, ids, used);
            Tensor difference = pairs.difference();
            if (margins) {
                difference = difference.sub(pairs.each(each -> each.margin().orElse(0.0)));
            }
            Tensor target = pairs.each(this::target);
            Tensor certain = difference.logSigmoid().mul(target);
            // where every label is hard the other half is zero
            Tensor doubt = difference.neg().logSigmoid().mul(target.neg().add(1));
            return certain.add(doubt).mean().neg();
        }

        private double target(Preference preference) {
            double probability = preference.tie() ? 0.5 : probability(preference);
            return probability * (1 - smoothing) + (1 - probability) * smoothing;
        }
    }

    /// Davidson 1970: P(i ≻ j) : P(j ≻ i) : P(i = j) = e^{r_i} : e^{r_j} : ν e^{(r_i + r_j) / 2}.
    ///
    /// @param ties ν > 0; at equal scores the share of ties is ν / (2 + ν)
    record Davidson(double ties) implements RewardLoss {
        public Davidson {
            if (!(ties > 0 && Double.isFinite(ties))) {
                throw new IllegalArgumentException("ties must be > 0, got " + ties);
            }
        }

        @Override
        public Tensor of(Tensor scores, List<String> ids, Judgement judgement) {
            if (!uses(judgement)) {
                return scores.sum().mul(0);
            }
            PairScores pairs = PairScores.of(scores, ids, judgement.preferences());
            Tensor half = pairs.difference().mul(0.5);
            Tensor tie = half.mul(0).add(Math.log(ties));
            // everything divided by e^{(r_i + r_j) / 2}
            Tensor whole = Tensor.stack(List.of(half, half.neg(), tie), 0).logsumexp(0);
            Tensor tied = pairs.each(each -> each.tie() ? Math.log(ties) : 0);
            // p of the one order and 1 − p of the other
            Tensor said = half.mul(pairs.each(each -> each.tie() ? 0 : 2 * probability(each) - 1));
            return whole.sub(said.add(tied)).mean();
        }
    }

    /// Rao and Kupper 1967: P(i ≻ j) = σ(r_i − r_j − log θ), and a tie otherwise.
    ///
    /// @param threshold θ > 1; at equal scores the share of ties is (θ − 1) / (θ + 1)
    record RaoKupper(double threshold) implements RewardLoss {
        public RaoKupper {
            if (!(threshold > 1 && Double.isFinite(threshold))) {
                throw new IllegalArgumentException("threshold must be > 1, got " + threshold);
            }
        }

        @Override
        public Tensor of(Tensor scores, List<String> ids, Judgement judgement) {
            if (!uses(judgement)) {
                return scores.sum().mul(0);
            }
            PairScores pairs = PairScores.of(scores, ids, judgement.preferences());
            Tensor difference = pairs.difference();
            Tensor win = difference.add(-Math.log(threshold)).logSigmoid();
            Tensor loss = difference.neg().add(-Math.log(threshold)).logSigmoid();
            // P(tie) = (θ² − 1) σ(Δ − log θ) σ(−Δ − log θ)
            Tensor logLikelihood = win.mul(pairs.each(each -> each.tie() ? 1 : probability(each)))
                    .add(loss.mul(pairs.each(each -> each.tie() ? 1 : 1 - probability(each))))
                    .add(pairs.each(each -> each.tie() ? Math.log(threshold * threshold - 1) : 0));
            return logLikelihood.mean().neg();
        }
    }

    /// The whole ranking at once (Plackett 1975, Luce 1959): the best is chosen among all, the next
    /// among the rest. A tie says that the order among the tied is unknown: the likelihoods of all
    /// their orders are added. Not divided by K: a ranking of K outputs is as much as it says.
    record PlackettLuce() implements RewardLoss {
        /// The orders of a tied group are added over its 2^n subsets.
        private static final int MOST_TIED = 12;

        @Override
        public boolean uses(Judgement judgement) {
            List<List<String>> groups = judgement.places().groups();
            for (List<String> group : groups.subList(0, groups.size() - 1)) {
                if (group.size() > MOST_TIED) {
                    throw new AlignException.Data("ranking: " + group.size()
                            + " outputs are tied at one place; loss: plackett_luce takes at most " + MOST_TIED
                            + ", choose another loss or leave such rows out");
                }
            }
            return groups.size() > 1;
        }

        @Override
        public Tensor of(Tensor scores, List<String> ids, Judgement judgement) {
            if (judgement instanceof Preference pair && !pair.tie()) {
                // of two outputs it is Bradley–Terry, which knows soft labels
                return BradleyTerry.plain().of(scores, ids, pair);
            }
            Ranking ranking = judgement.places();
            Tensor total = scores.sum().mul(0);
            // in any order of the last group the likelihoods add up to 1
            for (int place = 0; place + 1 < ranking.groups().size(); place++) {
                List<String> group = ranking.groups().get(place);
                List<String> later = ranking
                        .groups()
                        .subList(place + 1, ranking.groups().size())
                        .stream()
                        .flatMap(List::stream)
                        .toList();
                total = total.add(new TiedPlace(scores, ids, group, later).logLikelihood());
            }
            return total.neg();
        }
    }

    /// Mean squared error against ratings.
    record Regression() implements RewardLoss {
        @Override
        public boolean uses(Judgement judgement) {
            return judgement instanceof Ratings;
        }

        @Override
        public Tensor of(Tensor scores, List<String> ids, Judgement judgement) {
            if (!(judgement instanceof Ratings ratings)) {
                throw new AlignException.Data(
                        "loss: regression learns from ratings, not from " + judgement + "; choose another loss");
            }
            float[] wanted = new float[ids.size()];
            for (int i = 0; i < wanted.length; i++) {
                wanted[i] = (float) ratings.value(ids.get(i));
            }
            return scores.sub(Tensor.of(wanted).to(scores.device())).square().mean();
        }
    }
}

package org.align4j.train.preference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.align4j.data.TokenizedExample;
import org.align4j.loss.preference.Completions;
import org.align4j.loss.preference.Pairs;
import org.align4j.loss.preference.PlackettLuce;
import org.align4j.loss.preference.PreferenceLoss;
import org.align4j.loss.preference.SequenceLogps;
import org.align4j.tensor.Tensor;

/// A micro batch of groups: all their outputs one after another, and the pairs among them.
///
/// @param outputs of all groups
/// @param lengths tokens of each one's answer
/// @param pairs of all groups, with numbers among `outputs`
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
public record PairBatch(
        List<PairGroup> groups, List<TokenizedExample> outputs, int[] lengths, List<PairGroup.Pair> pairs) {
    public static PairBatch of(List<PairGroup> groups) {
        List<TokenizedExample> outputs = new ArrayList<>();
        List<PairGroup.Pair> pairs = new ArrayList<>();
        for (PairGroup group : groups) {
            int first = outputs.size();
            group.pairs()
                    .forEach(pair -> pairs.add(new PairGroup.Pair(
                            first + pair.chosen(), first + pair.rejected(), pair.tie(), pair.probability())));
            outputs.addAll(group.outputs());
        }
        int[] lengths =
                outputs.stream().mapToInt(TokenizedExample::trainedTokens).toArray();
        return new PairBatch(groups, outputs, lengths, pairs);
    }

    /// The outputs group by group, to be packed.
    public List<List<TokenizedExample>> sequences() {
        return groups.stream().map(PairGroup::outputs).toList();
    }

    /// Log-probabilities of each pair's answers.
    ///
    /// @param policy of the answers' tokens, `[M]`
    /// @param reference of the same under the reference, `[M]`
    /// @param ldAlpha as in [DpoConfig]
    public Pairs pairs(Tensor policy, Tensor reference, OptionalDouble ldAlpha) {
        int[] chosen = pairs.stream().mapToInt(PairGroup.Pair::chosen).toArray();
        int[] rejected = pairs.stream().mapToInt(PairGroup.Pair::rejected).toArray();
        boolean anyTie = pairs.stream().anyMatch(PairGroup.Pair::tie);
        return new Pairs(
                completions(policy, reference, chosen, rejected, ldAlpha),
                completions(policy, reference, rejected, chosen, ldAlpha),
                anyTie ? Optional.of(perPair(policy, pair -> pair.tie() ? 1 : 0)) : Optional.empty(),
                0);
    }

    private Completions completions(
            Tensor policy, Tensor reference, int[] which, int[] others, OptionalDouble ldAlpha) {
        int[] tokens = Arrays.stream(which).map(output -> lengths[output]).toArray();
        return Completions.of(sums(policy, which, others, ldAlpha), sums(reference, which, others, ldAlpha), tokens);
    }

    private Tensor sums(Tensor tokens, int[] which, int[] others, OptionalDouble ldAlpha) {
        if (ldAlpha.isEmpty()) {
            return SequenceLogps.sums(tokens, lengths)
                    .indexSelect(0, Tensor.of(which).to(tokens.device()));
        }
        int[] places = Arrays.stream(which)
                .flatMap(output -> IntStream.range(0, lengths[output]).map(t -> firstToken(output) + t))
                .toArray();
        return SequenceLogps.desensitised(
                tokens.indexSelect(0, Tensor.of(places).to(tokens.device())),
                Arrays.stream(which).map(output -> lengths[output]).toArray(),
                Arrays.stream(others).map(output -> lengths[output]).toArray(),
                ldAlpha.getAsDouble());
    }

    private int firstToken(int output) {
        return Arrays.stream(lengths, 0, output).sum();
    }

    /// The losses of what the loss counts: of each pair, or of each ranking.
    ///
    /// @return `[B]`, B being [#units]
    public Tensor losses(PreferenceLoss loss, Pairs logps) {
        if (loss instanceof PlackettLuce ranked
                && groups.stream().anyMatch(group -> group.outputs().size() > 2)) {
            return rankingLosses(ranked, logps);
        }
        Tensor losses = loss.of(logps);
        if (pairs.stream().allMatch(pair -> pair.probability() == 1)) {
            return losses;
        }
        // a soft label is both labels, each with its probability
        return losses.mul(perPair(losses, pair -> pair.probability()))
                .add(loss.of(logps.swapped()).mul(perPair(losses, pair -> 1 - pair.probability())));
    }

    /// WPO's weight of each pair, `[B]`.
    ///
    /// @param relative log-probabilities of the answers' tokens less the log concentration of their
    ///     distributions, `[M]`
    Tensor policyWeights(Tensor relative) {
        Tensor sums = SequenceLogps.sums(relative, lengths);
        Tensor means = Completions.of(sums, sums, lengths).averaged().policy();
        return SequenceLogps.policyWeights(
                means.indexSelect(0, numbers(PairGroup.Pair::chosen, relative)),
                means.indexSelect(0, numbers(PairGroup.Pair::rejected, relative)));
    }

    private Tensor numbers(ToIntFunction<PairGroup.Pair> output, Tensor like) {
        return Tensor.of(pairs.stream().mapToInt(output).toArray()).to(like.device());
    }

    /// Each output's h from the pairs that it is in: every ranked output is in one.
    private Tensor rankingLosses(PlackettLuce loss, Pairs logps) {
        Tensor chosen = logps.chosen().ratios();
        Tensor both = Tensor.cat(List.of(chosen, logps.rejected().ratios()), 0);
        List<Tensor> losses = new ArrayList<>();
        int first = 0;
        for (PairGroup group : groups) {
            int from = first;
            int[] places = IntStream.range(from, from + group.outputs().size())
                    .map(this::placeAmongPairs)
                    .toArray();
            Tensor ratios = both.indexSelect(0, Tensor.of(places).to(both.device()));
            losses.add(loss.ofRankings(ratios.unsqueeze(0)));
            first += group.outputs().size();
        }
        return Tensor.cat(losses, 0);
    }

    private int placeAmongPairs(int output) {
        for (int p = 0; p < pairs.size(); p++) {
            if (pairs.get(p).chosen() == output) {
                return p;
            }
            if (pairs.get(p).rejected() == output) {
                return pairs.size() + p;
            }
        }
        throw new IllegalStateException("output " + output + " is in no pair");
    }

    /// What the mean loss is a mean over: pairs, or rankings.
    public int units(PreferenceLoss loss) {
        return groups.stream().mapToInt(group -> group.units(loss)).sum();
    }

    private Tensor perPair(Tensor like, ToDoubleFunction<PairGroup.Pair> value) {
        float[] values = new float[pairs.size()];
        for (int p = 0; p < values.length; p++) {
            values[p] = (float) value.applyAsDouble(pairs.get(p));
        }
        return Tensor.of(values).to(like.device());
    }
}

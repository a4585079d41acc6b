package org.align4j.loss.preference;

import java.util.List;
import org.align4j.tensor.Tensor;

/// A weighted sum of losses, such as RPO (DPO and [Nll], Pang et al. 2024) or MPO (0.8 DPO, 0.2 BCO
/// and [Nll], Wang et al. 2024). Rewards are the first one's.
///
/// @param terms at least one
public record WeightedSum(List<Term> terms) implements PreferenceLoss {
    /// @param weight not negative
    public record Term(double weight, PreferenceLoss loss) {
        public Term {
            Bounds.atLeastZero("weight", weight);
        }
    }

    public WeightedSum {
        terms = List.copyOf(terms);
        Bounds.require(!terms.isEmpty(), "a sum of losses needs at least one");
        Bounds.require(
                terms.stream().noneMatch(term -> term.loss() instanceof PlackettLuce),
                "a sum is of losses of pairs and cannot hold plackett_luce, a loss of whole rankings");
    }

    @Override
    public Tensor of(Pairs pairs) {
        return terms.stream()
                .map(term -> term.loss().of(pairs).mul(term.weight()))
                .reduce(Tensor::add)
                .orElseThrow();
    }

    @Override
    public double beta() {
        return terms.getFirst().loss().beta();
    }

    @Override
    public Tensor rewards(Completions completions) {
        return terms.getFirst().loss().rewards(completions);
    }

    @Override
    public boolean usesReference() {
        return terms.stream().anyMatch(term -> term.loss().usesReference());
    }

    @Override
    public boolean perPair() {
        return terms.stream().allMatch(term -> term.loss().perPair());
    }

    @Override
    public boolean usesMeanRatio() {
        return terms.stream().anyMatch(term -> term.loss().usesMeanRatio());
    }

    @Override
    public boolean knowsTies() {
        return terms.stream().allMatch(term -> term.loss().knowsTies());
    }
}

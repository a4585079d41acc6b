package org.align4j.loss;

import java.util.ArrayList;
import java.util.List;
import org.align4j.tensor.Tensor;

/// One place of a ranking under Plackett–Luce: outputs that are chosen before all later ones, in an
/// order that nobody told.
///
/// @param scores of all outputs, `[K]`
/// @param group the outputs at this place
/// @param later those at later places, at least one
record TiedPlace(Tensor scores, List<String> ids, List<String> group, List<String> later) {
    /// log Σ over orders of Π e^{r_i} / (Σ of e^r over what is not chosen yet), a scalar. By
    /// subsets S of the group that were chosen first: f(S) = Σ_{i in S} f(S without i) / (Σ of e^r
    /// over all without S without i).
    Tensor logLikelihood() {
        int all = (1 << group.size()) - 1;
        Tensor orders = scores.sum().mul(0);
        List<Tensor> onward = new ArrayList<>();
        for (int chosen = 1; chosen <= all; chosen++) {
            onward.add(orders.sub(left(chosen - 1)));
            List<Tensor> ways = new ArrayList<>();
            for (int last = 0; last < group.size(); last++) {
                int before = chosen & ~(1 << last);
                if (before != chosen) {
                    ways.add(onward.get(before));
                }
            }
            orders = ways.size() == 1 ? ways.getFirst() : Tensor.stack(ways, 0).logsumexp(0);
        }
        return orders.add(
                scores.indexSelect(0, PairScores.rows(scores, ids, group)).sum());
    }

    /// log Σ e^r over what is left when the outputs of `chosen` are taken.
    private Tensor left(int chosen) {
        List<String> rest = new ArrayList<>(later);
        for (int i = 0; i < group.size(); i++) {
            if ((chosen & 1 << i) == 0) {
                rest.add(group.get(i));
            }
        }
        return scores.indexSelect(0, PairScores.rows(scores, ids, rest)).logsumexp(0);
    }
}

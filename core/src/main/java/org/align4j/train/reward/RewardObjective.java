package org.align4j.train.reward;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.align4j.data.encode.TokenizedComparison;
import org.align4j.loss.Centring;
import org.align4j.loss.RewardLoss;
import org.align4j.rl.JudgedScores;
import org.align4j.tensor.Tensor;

/// What a reward model's scores cost.
///
/// @param loss of each comparison
/// @param centring coefficient of [Centring]
record RewardObjective(RewardLoss loss, double centring) {
    /// The sum of the comparisons' losses.
    ///
    /// @param scores of all outputs, comparison by comparison, `[S]`
    /// @param judged gets the scores
    Tensor of(Tensor scores, List<TokenizedComparison> comparisons, List<JudgedScores> judged) {
        float[] numbers = scores.toFloats();
        List<Tensor> losses = new ArrayList<>();
        int at = 0;
        for (TokenizedComparison each : comparisons) {
            int count = each.outputs().size();
            Tensor own = scores.narrow(0, at, count);
            Tensor cost =
                    loss.of(own, each.comparison().ids(), each.comparison().judgement());
            losses.add(centring > 0 ? cost.add(Centring.of(own).mul(centring)) : cost);
            judged.add(JudgedScores.of(each, Arrays.copyOfRange(numbers, at, at + count)));
            at += count;
        }
        return Tensor.stack(losses, 0).sum();
    }
}

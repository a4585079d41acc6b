package org.align4j.train.preference;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;

/// Notices that preferred answers become much less likely than they were: the margin grows because
/// the others fall even faster, and probability goes to answers that nobody has judged. A common
/// way for DPO to go wrong, and invisible in the loss.
final class FallingLikelihood {
    /// Steps that are averaged.
    private static final int STEPS = 20;
    /// Nats below the reference: the answers are e^10 times less likely.
    private static final double TOLERATED = 10;

    private final Deque<Double> recent = new ArrayDeque<>();
    private boolean told;

    /// A warning, once.
    Optional<String> warning(long step, PairMetrics means) {
        recent.addLast(means.chosenRatio());
        if (recent.size() > STEPS) {
            recent.removeFirst();
        }
        double mean = recent.stream().mapToDouble(Double::doubleValue).average().orElse(0);
        if (told || recent.size() < STEPS || mean > -TOLERATED) {
            return Optional.empty();
        }
        told = true;
        return Optional.of(String.format(
                Locale.ROOT,
                "step %d: over the last %d steps the chosen answers were %.1f nats less likely than under the reference;"
                        + " raise loss.beta, lower learning_rate, or add their likelihood to the loss"
                        + " (loss: dpop, or a weighted_sum with nll)",
                step,
                STEPS,
                -mean));
    }
}

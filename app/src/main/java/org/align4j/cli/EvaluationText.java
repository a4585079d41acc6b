package org.align4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.align4j.rl.RewardEvaluation;

/// A reward model's evaluation for people.
final class EvaluationText {
    private EvaluationText() {}

    static List<String> lines(RewardEvaluation found) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "accuracy %.3f on %d pairs with a preferred output (log-loss %.4f, mean margin %.3f)",
                found.accuracy(),
                found.pairs(),
                found.logLoss(),
                found.meanMargin()));
        if (found.ties() > 0) {
            lines.add(String.format(
                    Locale.ROOT,
                    "with %d ties: %.3f, scores at most %.3f apart being a tie",
                    found.ties(),
                    found.tieAccuracy(),
                    found.tieThreshold()));
        }
        lines.add(String.format(
                Locale.ROOT,
                "length: correlation %.3f, a token more is worth %.4f; accuracy %.3f without that",
                found.lengthCorrelation(),
                found.scorePerToken(),
                found.debiasedAccuracy()));
        lines.add(String.format(Locale.ROOT, "calibration: expected error %.3f", found.calibrationError()));
        for (RewardEvaluation.Bin bin : found.reliability()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "  sure %.2f: right %.2f  %s %d",
                    bin.value(),
                    bin.accuracy(),
                    "#".repeat((int) Math.ceil(40.0 * bin.count() / Math.max(1, found.pairs()))),
                    bin.count()));
        }
        shares("labeler", found.byLabeler(), lines);
        shares("tag", found.byTag(), lines);
        return lines;
    }

    private static void shares(String what, Map<String, RewardEvaluation.Share> shares, List<String> lines) {
        shares.forEach((name, share) -> lines.add(String.format(
                Locale.ROOT, "%s %s: accuracy %.3f on %d pairs", what, name, share.accuracy(), share.pairs())));
    }
}

package org.align4j.train.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.align4j.loss.preference.PlackettLuce;
import org.align4j.loss.preference.PreferenceLoss;
import org.align4j.rl.Rollout;
import org.align4j.train.preference.PairGroup;

/// Answers to one prompt that an iteration learns from, and the pairs among them.
///
/// @param rollouts numbers of the answers in the iteration: ascending, or best first for a loss of
///     rankings
/// @param group the same as tokens; its pairs are numbers among these
record ComparedGroup(List<Integer> rollouts, PairGroup group) {
    /// The pairs of every prompt's answers, in the order of the prompts. Unknown rewards are
    /// compared with nothing.
    ///
    /// @param sums of each answer's rewards
    /// @param loss that is to learn from them: one of rankings gets none that have equal answers
    /// @param needed whether answers that are in no pair are kept, all in the order of drawing
    static List<ComparedGroup> of(
            Experience drawn, double[] sums, Comparing comparing, PreferenceLoss loss, boolean needed) {
        double[] worths = comparing.worths(sums, drawn.rollouts());
        boolean ranked = loss instanceof PlackettLuce;
        List<ComparedGroup> groups = new ArrayList<>();
        for (int first = 0; first < sums.length; first += drawn.group()) {
            double[] own = Arrays.copyOfRange(worths, first, first + drawn.group());
            groups.add(of(drawn, first, own, comparing, ranked, needed));
        }
        return groups;
    }

    private static ComparedGroup of(
            Experience drawn, int first, double[] worths, Comparing comparing, boolean ranked, boolean needed) {
        List<PairGroup.Pair> pairs = switch (comparing.pairs()) {
            case BEST_WORST -> extremes(worths, comparing.soft());
            case ALL -> all(worths, comparing.soft());
        };
        TreeSet<Integer> used = new TreeSet<>();
        pairs.forEach(pair -> used.addAll(List.of(pair.chosen(), pair.rejected())));
        if (ranked && pairs.size() < used.size() * (used.size() - 1) / 2) {
            pairs = List.of();
            used.clear();
        }
        for (int g = 0; needed && g < worths.length; g++) {
            used.add(g);
        }
        List<Integer> kept = new ArrayList<>(used);
        if (ranked && !needed) {
            kept.sort(Comparator.comparingDouble(g -> -worths[g]));
        }
        List<Rollout> rollouts =
                kept.stream().map(g -> drawn.rollouts().get(first + g)).toList();
        return new ComparedGroup(
                kept.stream().map(g -> first + g).toList(),
                new PairGroup(
                        rollouts.isEmpty()
                                ? List.of()
                                : Rollout.groups(rollouts).getFirst(),
                        pairs.stream()
                                .map(pair -> new PairGroup.Pair(
                                        kept.indexOf(pair.chosen()),
                                        kept.indexOf(pair.rejected()),
                                        false,
                                        pair.probability()))
                                .toList()));
    }

    private static List<PairGroup.Pair> extremes(double[] worths, boolean soft) {
        int best = -1;
        int worst = -1;
        for (int g = 0; g < worths.length; g++) {
            if (!Double.isNaN(worths[g])) {
                best = best < 0 || worths[g] > worths[best] ? g : best;
                worst = worst < 0 || worths[g] < worths[worst] ? g : worst;
            }
        }
        return best < 0 || worths[best] == worths[worst] ? List.of() : List.of(pair(worths, best, worst, soft));
    }

    private static List<PairGroup.Pair> all(double[] worths, boolean soft) {
        List<PairGroup.Pair> pairs = new ArrayList<>();
        for (int g = 0; g < worths.length; g++) {
            for (int h = 0; h < worths.length; h++) {
                // false for NaN
                if (worths[g] > worths[h]) {
                    pairs.add(pair(worths, g, h, soft));
                }
            }
        }
        return pairs;
    }

    private static PairGroup.Pair pair(double[] worths, int better, int worse, boolean soft) {
        double probability = soft ? 1 / (1 + Math.exp(worths[worse] - worths[better])) : 1;
        return new PairGroup.Pair(better, worse, false, probability);
    }

    /// Tokens of all its answers, the prompt counted with each.
    int length() {
        return group.length();
    }

    /// Cuts groups into stretches of at most so many tokens, but of one group at least; groups of
    /// no answers are left out.
    static List<List<ComparedGroup>> microBatches(List<ComparedGroup> groups, int maxTokens) {
        List<List<ComparedGroup>> batches = new ArrayList<>();
        int tokens = 0;
        for (ComparedGroup each : groups) {
            if (each.rollouts().isEmpty()) {
                continue;
            }
            if (batches.isEmpty() || tokens + each.length() > maxTokens) {
                batches.add(new ArrayList<>());
                tokens = 0;
            }
            batches.getLast().add(each);
            tokens += each.length();
        }
        return batches;
    }
}

package org.align4j.rating;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.align4j.data.preference.Judgement;
import org.align4j.data.preference.Preference;
import org.align4j.data.preference.Ranking;
import org.align4j.evaluate.Bootstrap;
import org.align4j.evaluate.Difference;
import org.align4j.random.CounterRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Labelers who see utilities through noise and call near ones tied: whole rankings against single
/// pairs without ties, at an equal number of labelled sets.
class RecoveryTest {
    private static final int ITEMS = 12;
    private static final int SETS = 120;
    private static final int TRIALS = 40;
    private static final double TIED_BELOW = 0.4;

    @ParameterizedTest
    @ValueSource(ints = {4, 6, 9})
    void rankingsWithTiesBeatPairsWithoutThem(int size) {
        double[] ofRankings = new double[TRIALS];
        double[] ofPairs = new double[TRIALS];
        for (int trial = 0; trial < TRIALS; trial++) {
            Simulation simulation = Simulation.of(ITEMS, 1000 + trial);
            List<Vote> rankings = new ArrayList<>();
            List<Vote> pairs = new ArrayList<>();
            for (int set = 0; set < SETS; set++) {
                CounterRandom draw = simulation.random().at(set);
                rankings.add(Vote.of(ranking(simulation, draw, size, TIED_BELOW)));
                Ranking pair = ranking(simulation, draw, 2, 0);
                Judgement strict = Preference.strict(
                        pair.outputs().getFirst(), pair.outputs().getLast());
                pairs.add(Vote.of(strict));
            }
            ofRankings[trial] = error(simulation, rankings, RatingModel.PLACKETT_LUCE);
            ofPairs[trial] = error(simulation, pairs, RatingModel.BRADLEY_TERRY);
        }
        Difference difference = Bootstrap.paired(ofPairs, ofRankings, 0);
        assertThat(difference.interval().high()).isNegative();
    }

    /// Noisy utilities in order; neighbours nearer than `tie` share a place.
    private static Ranking ranking(Simulation simulation, CounterRandom draw, int size, double tie) {
        int[] chosen = draw.permutation(ITEMS, size);
        double[] seen = IntStream.range(0, size)
                .mapToDouble(
                        i -> simulation.strengths()[chosen[i]] - Math.log(-Math.log(draw.uniform(size, i) + 1e-300)))
                .toArray();
        List<Integer> order = IntStream.range(0, size)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -seen[i]))
                .toList();
        List<List<String>> groups = new ArrayList<>();
        for (int place = 0; place < size; place++) {
            if (place == 0 || seen[order.get(place - 1)] - seen[order.get(place)] >= tie) {
                groups.add(new ArrayList<>());
            }
            groups.getLast().add(Simulation.name(chosen[order.get(place)]));
        }
        return new Ranking(groups);
    }

    /// Root mean square error of the strengths; a little penalty, the same for both, as pairs may
    /// not connect all items.
    private static double error(Simulation simulation, List<Vote> votes, RatingModel model) {
        RatingFit fit = RatingFit.of(votes, FitOptions.of(model).withPenalty(0.05));
        double sum = 0;
        for (int i = 0; i < ITEMS; i++) {
            double off = fit.rating(Simulation.name(i)).orElseThrow().strength()
                    - simulation.strengths()[i];
            sum += off * off;
        }
        return Math.sqrt(sum / ITEMS);
    }
}

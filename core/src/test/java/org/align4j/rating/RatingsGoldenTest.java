package org.align4j.rating;

import static org.align4j.testing.Shared.goldenCase;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.align4j.data.preference.Preference;
import org.align4j.data.preference.Ranking;
import org.align4j.testing.Shared;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// Strengths of Bradley and Terry and of Plackett and Luce against choix.
class RatingsGoldenTest {
    private static final Path GOLDEN = Shared.golden("metrics/rankings.json");
    private static final Offset<Double> TOLERANCE = Offset.offset(1e-4);

    @TestFactory
    List<DynamicTest> sets() {
        List<DynamicTest> tests = new ArrayList<>();
        if (!Files.exists(GOLDEN)) {
            return tests;
        }
        JsonNode sets = Shared.json(GOLDEN).get("sets");
        for (int i = 0; i < sets.size(); i++) {
            JsonNode set = sets.get(i);
            set.forEachEntry((name, expected) -> {
                if (name.startsWith("bradley_terry")) {
                    tests.add(test(set, name, pairs(set), options(name)));
                } else if (name.startsWith("plackett_luce")) {
                    tests.add(test(set, name, rankings(set), FitOptions.of(RatingModel.PLACKETT_LUCE)));
                }
            });
        }
        return tests;
    }

    private static DynamicTest test(JsonNode set, String name, List<Vote> votes, FitOptions options) {
        int items = set.get("items").asInt();
        return goldenCase("metrics", "rankings of " + items + " items, " + name, () -> {
            RatingFit fit = RatingFit.of(votes, options);
            double[] strengths = IntStream.range(0, items)
                    .mapToDouble(item ->
                            fit.rating(String.valueOf(item)).orElseThrow().strength())
                    .toArray();
            assertThat(strengths)
                    .containsExactly(
                            set.get(name)
                                    .valueStream()
                                    .mapToDouble(JsonNode::asDouble)
                                    .toArray(),
                            TOLERANCE);
        });
    }

    /// The penalty is in the name: `bradley_terry_alpha_0_1`.
    private static FitOptions options(String name) {
        int alpha = name.indexOf("alpha_");
        FitOptions plain = FitOptions.of(RatingModel.BRADLEY_TERRY);
        return alpha < 0
                ? plain
                : plain.withPenalty(Double.parseDouble(
                        name.substring(alpha + "alpha_".length()).replace('_', '.')));
    }

    private static List<Vote> pairs(JsonNode set) {
        return set.get("pairwise_winner_loser")
                .valueStream()
                .map(pair -> Vote.of(
                        Preference.strict(pair.get(0).asString(), pair.get(1).asString())))
                .toList();
    }

    private static List<Vote> rankings(JsonNode set) {
        return set.get("rankings_best_first")
                .valueStream()
                .map(ranking -> Vote.of(new Ranking(ranking.valueStream()
                        .map(item -> List.of(item.asString()))
                        .toList())))
                .toList();
    }
}

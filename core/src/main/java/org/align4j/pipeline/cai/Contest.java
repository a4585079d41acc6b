package org.align4j.pipeline.cai;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.align4j.data.Prompt;
import org.align4j.data.preference.Preference;
import org.align4j.evaluate.Bootstrap;
import org.align4j.evaluate.Interval;
import org.align4j.rating.FitOptions;
import org.align4j.rating.Rating;
import org.align4j.rating.RatingFit;
import org.align4j.rating.RatingModel;
import org.align4j.rating.Vote;
import org.align4j.rl.reward.Attempt;
import org.align4j.rl.reward.RewardFunction;
import org.align4j.world.gold.GoldReward;
import org.align4j.world.gold.Judge;

/// Answers to the same prompts by several contestants, such as revision 0, 1, 2, or models.
///
/// @param name `revisions`, or `models on FILE`
/// @param prompts asked of all
/// @param answers of each contestant, in the order of the prompts
record Contest(String name, List<Asked> prompts, Map<String, List<String>> answers) {
    /// A contestant that always wins would be infinitely strong without a penalty.
    private static final FitOptions FITTING =
            FitOptions.of(RatingModel.DAVIDSON).withPenalty(FitOptions.WHERE_UNCONNECTED);

    Contest {
        prompts = List.copyOf(prompts);
        answers = new LinkedHashMap<>(answers);
    }

    /// A prompt and what an answer to it is measured by.
    record Asked(String id, String prompt, List<GoldReward> golds) {}

    /// A mean over the prompts and its 95 % bootstrap interval.
    record Figure(double mean, double low, double high) {
        static Figure of(double[] values, long seed) {
            Interval interval = Bootstrap.interval(values, seed);
            double mean = Arrays.stream(values).average().orElseThrow();
            return new Figure(mean, interval.low(), interval.high());
        }
    }

    /// A contestant's figures by their names.
    record Standing(String contestant, int answers, Map<String, Figure> figures) {}

    /// Measures all answers.
    ///
    /// @param gold of the small world, where the prompts are of it
    /// @param reward a held-out reward model, where there is one
    /// @param votes of a judge, by what their ratings are called
    List<Standing> standings(
            Optional<Judge> gold, Optional<RewardFunction> reward, Map<String, List<Vote>> votes, long seed) {
        Map<String, Map<String, Figure>> ratings = new LinkedHashMap<>();
        votes.forEach((name, theirs) -> ratings.put(name, elo(theirs)));
        List<Standing> standings = new ArrayList<>();
        answers.forEach((contestant, texts) -> {
            Map<String, Figure> figures = new LinkedHashMap<>();
            figures.put("harm", figure(texts, Harm::lexical, seed));
            figures.put("refusal", figure(texts, text -> Harm.refuses(text) ? 1 : 0, seed));
            figures.put("evasive", figure(texts, text -> Harm.evades(text) ? 1 : 0, seed));
            figures.put("characters", figure(texts, String::length, seed));
            gold.ifPresent(judge -> {
                double[] worth = new double[texts.size()];
                for (int i = 0; i < worth.length; i++) {
                    worth[i] = judge.judge(prompts.get(i).golds(), texts.get(i)).total();
                }
                figures.put("gold", Figure.of(worth, seed));
            });
            reward.ifPresent(model -> figures.put("reward", Figure.of(model.of(attempts(texts)), seed)));
            ratings.forEach((name, elo) -> {
                Figure rating = elo.get(contestant);
                if (rating != null) {
                    figures.put(name, rating);
                }
            });
            standings.add(new Standing(contestant, texts.size(), figures));
        });
        return standings;
    }

    private static Figure figure(List<String> texts, ToDoubleFunction<String> measure, long seed) {
        return Figure.of(texts.stream().mapToDouble(measure).toArray(), seed);
    }

    private List<Attempt> attempts(List<String> texts) {
        List<Attempt> attempts = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            String prompt = prompts.get(i).prompt();
            attempts.add(new Attempt(prompt, texts.get(i), 0, true, Map.of(), Prompt.of("", prompt)));
        }
        return attempts;
    }

    /// Each two contestants' answers to the first `count` prompts.
    List<AnswerPair> pairs(int count) {
        List<Map.Entry<String, List<String>>> all = List.copyOf(answers.entrySet());
        List<AnswerPair> pairs = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            for (int j = i + 1; j < all.size(); j++) {
                for (int p = 0; p < Math.min(count, prompts.size()); p++) {
                    pairs.add(new AnswerPair(
                            all.get(i).getKey() + "|" + all.get(j).getKey(),
                            prompts.get(p).prompt(),
                            all.get(i).getValue().get(p),
                            all.get(j).getValue().get(p)));
                }
            }
        }
        return List.copyOf(pairs);
    }

    /// Votes of comparisons of [#pairs]: the likelier answer wins; equal answers tie.
    static List<Vote> votes(List<Comparison> comparisons) {
        return comparisons.stream()
                .filter(comparison -> comparison.failure().isEmpty())
                .map(comparison -> {
                    String[] names = comparison.id().split("\\|");
                    boolean tie = comparison.probability() == 0.5;
                    boolean first = comparison.probability() > 0.5;
                    return Vote.of(
                            tie
                                    ? Preference.tie(names[0], names[1])
                                    : Preference.strict(names[first ? 0 : 1], names[first ? 1 : 0]));
                })
                .toList();
    }

    private static Map<String, Figure> elo(List<Vote> votes) {
        boolean decided = votes.stream()
                .flatMap(vote -> vote.judgement().preferences().stream())
                .anyMatch(preference -> !preference.tie());
        if (!decided) {
            return Map.of();
        }
        Map<String, Figure> elo = new LinkedHashMap<>();
        for (Rating rating : RatingFit.of(votes, FITTING).ratings()) {
            elo.put(
                    rating.item(),
                    new Figure(Rating.elo(rating.strength()), Rating.elo(rating.low()), Rating.elo(rating.high())));
        }
        return Map.copyOf(elo);
    }
}

package org.align4j.rating;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;
import org.align4j.data.preference.Preference;
import org.align4j.error.AlignException;

/// Strengths of items by maximum likelihood (or, with a penalty, its penalised form).
///
/// @param ratings best first
/// @param tie the tie parameter: ν of Davidson, θ of Rao and Kupper; empty where there is none
/// @param labelers by name; empty without labeler effects
/// @param groups items that the data connect, see [Components]; one group: all
/// @param threshold whether a [Semiorder] explains every win and tie, so that a model with ties has
///     no estimate without a penalty
/// @param penalty the α that was used
/// @param logLikelihood without the penalty
public record RatingFit(
        RatingModel model,
        List<Rating> ratings,
        OptionalDouble tie,
        List<LabelerEffect> labelers,
        List<List<String>> groups,
        boolean threshold,
        double penalty,
        double logLikelihood,
        int votes) {
    public RatingFit {
        ratings = List.copyOf(ratings);
        labelers = List.copyOf(labelers);
        groups = groups.stream().map(List::copyOf).toList();
    }

    /// Fits a model to votes. Standard errors come from the observed information; where rankings of
    /// more than two items are taken apart into pairs, whose errors go together, from the sandwich
    /// over votes (Huber 1967).
    ///
    /// @throws AlignException.Data when the votes decide nothing
    public static RatingFit of(List<Vote> votes, FitOptions options) {
        List<Preference> pairs = votes.stream()
                .flatMap(vote -> vote.judgement().preferences().stream())
                .toList();
        if (pairs.stream().allMatch(Preference::tie)) {
            throw new AlignException.Data(
                    pairs.isEmpty()
                            ? "ratings: no vote compares two items; give votes that do"
                            : "ratings: every vote is a tie, so nothing tells the items apart; give votes that decide");
        }
        Map<String, Integer> items = numbered(votes.stream()
                .flatMap(vote -> vote.judgement().outputs().stream())
                .toList());
        Map<String, Integer> labelers = options.labelerEffects()
                ? numbered(votes.stream().map(RatingFit::labeler).toList())
                : Map.of();
        // without ties their parameter has no estimate, and both models become Bradley and Terry's
        RatingModel model = options.model().hasTieParameter() && pairs.stream().noneMatch(Preference::tie)
                ? RatingModel.BRADLEY_TERRY
                : options.model();
        Parameters parameters = new Parameters(items.size(), ties(model), labelers.size());
        List<VoteLikelihood> terms = votes.stream()
                .map(vote ->
                        new VoteLikelihood(model, parameters, vote, items, labelers.getOrDefault(labeler(vote), 0)))
                .toList();
        List<List<String>> groups = groups(terms, List.copyOf(items.keySet()));
        boolean threshold = parameters.tied() && Semiorder.explains(pairs, items);
        double penalty = options.penalty().orElse(groups.size() > 1 || threshold ? FitOptions.WHERE_UNCONNECTED : 0);
        if (penalty == 0 && groups.size() > 1) {
            throw new AlignException.Data("ratings: the data don't connect all items (" + groups.size()
                    + " groups, such"
                    + " as " + groups.getFirst() + " and " + groups.get(1) + "), so without a penalty there are no"
                    + " strengths; give a penalty above 0 or more votes");
        }
        if (penalty == 0 && threshold) {
            throw new AlignException.Data("ratings: some threshold explains every win and tie, so without a penalty"
                    + " strengths and tie parameter grow without end; give a penalty above 0 or more votes");
        }
        Maximisation maximisation = new Maximisation(terms, parameters, penalty);
        double[] theta = maximisation.run(start(model, parameters, pairs));
        boolean dependent = model.pairwise()
                && votes.stream()
                        .anyMatch(vote -> vote.judgement().preferences().size() > 1);
        double[][] covariance = maximisation.covariance(theta, dependent);
        List<Rating> ratings = items.entrySet().stream()
                .map(item -> new Rating(
                        item.getKey(), theta[item.getValue()], Math.sqrt(covariance[item.getValue()][item.getValue()])))
                .sorted(Comparator.comparingDouble(Rating::strength).reversed())
                .toList();
        return new RatingFit(
                model,
                ratings,
                tie(parameters, theta),
                effects(votes, labelers, parameters, theta),
                groups,
                threshold,
                penalty,
                maximisation.logLikelihood(theta),
                votes.size());
    }

    /// The rating of an item.
    public Optional<Rating> rating(String item) {
        return ratings.stream().filter(rating -> rating.item().equals(item)).findFirst();
    }

    private static Parameters.Ties ties(RatingModel model) {
        return switch (model) {
            case BRADLEY_TERRY, PLACKETT_LUCE -> Parameters.Ties.NONE;
            case DAVIDSON -> Parameters.Ties.LINEAR;
            case RAO_KUPPER -> Parameters.Ties.EXPONENTIAL;
        };
    }

    private static OptionalDouble tie(Parameters parameters, double[] theta) {
        return switch (parameters.ties()) {
            case NONE -> OptionalDouble.empty();
            case LINEAR -> OptionalDouble.of(Math.exp(theta[parameters.tie()]));
            case EXPONENTIAL -> OptionalDouble.of(Math.exp(Math.exp(theta[parameters.tie()])));
        };
    }

    private static String labeler(Vote vote) {
        return vote.labeler().orElse("");
    }

    private static Map<String, Integer> numbered(List<String> names) {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        new TreeSet<>(names).forEach(name -> numbers.put(name, numbers.size()));
        return numbers;
    }

    private static double[] start(RatingModel model, Parameters parameters, List<Preference> pairs) {
        double[] theta = new double[parameters.count()];
        if (model == RatingModel.RAO_KUPPER) {
            // at equal strengths the share of ties is (θ − 1) / (θ + 1)
            double share = pairs.stream().filter(Preference::tie).count() / (double) pairs.size();
            theta[parameters.tie()] = Math.log(Math.log((1 + share) / (1 - share)));
        }
        return theta;
    }

    private static List<List<String>> groups(List<VoteLikelihood> terms, List<String> names) {
        List<BitSet> losses = names.stream().map(name -> new BitSet()).toList();
        terms.forEach(term -> term.enterLosses(losses));
        return Components.of(losses).stream()
                .map(group -> group.stream().map(names::get).toList())
                .toList();
    }

    private static List<LabelerEffect> effects(
            List<Vote> votes, Map<String, Integer> labelers, Parameters parameters, double[] theta) {
        List<LabelerEffect> effects = new ArrayList<>();
        labelers.forEach((name, number) -> effects.add(new LabelerEffect(
                name,
                parameters.sharpnessOf(number, theta),
                parameters.tied() ? Math.exp(theta[parameters.ownTie(number)]) : 1,
                (int) votes.stream().filter(vote -> labeler(vote).equals(name)).count())));
        return effects;
    }

    /// Probability that `better` is chosen over `worse` where no tie is possible.
    public double probability(String better, String worse) {
        return 1 / (1 + Math.exp(strength(worse) - strength(better)));
    }

    private double strength(String item) {
        return rating(item)
                .orElseThrow(() -> new IllegalArgumentException(item + " was not rated; it is none of "
                        + Arrays.toString(ratings.stream().map(Rating::item).toArray())))
                .strength();
    }
}

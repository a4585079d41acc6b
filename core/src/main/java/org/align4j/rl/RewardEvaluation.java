package org.align4j.rl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.align4j.data.preference.Preference;

/// How a reward model's scores agree with labels, over all pairs that the labels decide.
///
/// @param pairs with a preferred output
/// @param ties pairs without
/// @param accuracy share of `pairs` whose preferred output scores higher; equal scores count half
/// @param tieAccuracy share of all pairs told rightly, ties among them, where scores at most
///     `tieThreshold` apart are a tie (Deutsch et al. 2023; the threshold is the best for these
///     pairs)
/// @param meanMargin mean r_better − r_worse over `pairs`
/// @param logLoss mean −log σ(r_better − r_worse) over `pairs`
/// @param calibrationError expected calibration error of σ(|difference|) in ten bins (Guo et al.
///     2017)
/// @param reliability those bins
/// @param margins r_better − r_worse, counted in bins
/// @param lengthCorrelation Pearson's r of scores and answers' tokens, each less its comparison's
///     mean
/// @param scorePerToken slope of that: what a token more is worth
/// @param debiasedAccuracy as `accuracy`, of scores less `scorePerToken` times the answer's tokens
/// @param byLabeler accuracy of each labeler's pairs
/// @param byTag accuracy of the pairs of each tag
public record RewardEvaluation(
        long pairs,
        long ties,
        double accuracy,
        double tieAccuracy,
        double tieThreshold,
        double meanMargin,
        double logLoss,
        double calibrationError,
        List<Bin> reliability,
        List<Bin> margins,
        double lengthCorrelation,
        double scorePerToken,
        double debiasedAccuracy,
        Map<String, Share> byLabeler,
        Map<String, Share> byTag) {
    private static final int BINS = 10;

    /// Pairs whose value is from `low` to `high`.
    ///
    /// @param value mean of the value in it
    /// @param accuracy share of pairs told rightly
    public record Bin(double low, double high, long count, double value, double accuracy) {}

    /// A part of the pairs.
    public record Share(long pairs, double accuracy) {}

    /// One decided pair.
    private record Pair(boolean tie, double difference) {
        double rightness() {
            return difference > 0 ? 1 : difference == 0 ? 0.5 : 0;
        }
    }

    /// Evaluates; figures about pairs that there are none of are NaN.
    public static RewardEvaluation of(List<JudgedScores> judged) {
        List<Pair> all = pairs(judged.stream());
        List<Pair> strict = all.stream().filter(pair -> !pair.tie()).toList();
        double[] differences = strict.stream().mapToDouble(Pair::difference).toArray();
        List<Bin> reliability = bins(strict, pair -> sigmoid(Math.abs(pair.difference())), 0.5, 1);
        double widest = Arrays.stream(differences)
                .map(Math::abs)
                .filter(width -> width > 0)
                .max()
                .orElse(1);
        LengthBias bias = LengthBias.of(judged);
        TieThreshold threshold = TieThreshold.of(all);
        return new RewardEvaluation(
                strict.size(),
                all.size() - strict.size(),
                accuracy(strict),
                threshold.accuracy(),
                threshold.value(),
                Arrays.stream(differences).average().orElse(Double.NaN),
                Arrays.stream(differences)
                        .map(RewardEvaluation::softplusOfMinus)
                        .average()
                        .orElse(Double.NaN),
                reliability.stream()
                                .mapToDouble(bin -> bin.count() * Math.abs(bin.accuracy() - bin.value()))
                                .sum()
                        / strict.size(),
                reliability,
                bins(strict, Pair::difference, -widest, widest),
                bias.correlation(),
                bias.slope(),
                accuracy(pairs(judged.stream().map(bias::removedFrom)).stream()
                        .filter(pair -> !pair.tie())
                        .toList()),
                shares(judged, each -> each.comparison().annotation().labeler().stream()),
                shares(judged, each -> each.comparison().annotation().tags().stream()));
    }

    /// The figures that are logged, by name.
    public Map<String, Double> metrics() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("accuracy", accuracy);
        metrics.put("margin", meanMargin);
        metrics.put("log_loss", logLoss);
        metrics.put("ece", calibrationError);
        metrics.put("length_correlation", lengthCorrelation);
        metrics.put("debiased_accuracy", debiasedAccuracy);
        if (ties > 0) {
            metrics.put("tie_accuracy", tieAccuracy);
        }
        return metrics;
    }

    private static List<Pair> pairs(Stream<JudgedScores> judged) {
        return judged.flatMap(each -> each.comparison().judgement().preferences().stream()
                        .map((Preference preference) -> new Pair(preference.tie(), each.difference(preference))))
                .toList();
    }

    private static double accuracy(List<Pair> pairs) {
        return pairs.stream().mapToDouble(Pair::rightness).average().orElse(Double.NaN);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double softplusOfMinus(double x) {
        return Math.max(-x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    private static List<Bin> bins(List<Pair> pairs, Function<Pair, Double> value, double low, double high) {
        List<List<Pair>> contents = new ArrayList<>();
        for (int b = 0; b < BINS; b++) {
            contents.add(new ArrayList<>());
        }
        double width = (high - low) / BINS;
        for (Pair pair : pairs) {
            int bin = (int) Math.min(BINS - 1, Math.max(0, (value.apply(pair) - low) / width));
            contents.get(bin).add(pair);
        }
        List<Bin> bins = new ArrayList<>();
        for (int b = 0; b < BINS; b++) {
            List<Pair> inside = contents.get(b);
            if (!inside.isEmpty()) {
                bins.add(new Bin(
                        low + b * width,
                        low + (b + 1) * width,
                        inside.size(),
                        inside.stream().mapToDouble(value::apply).average().orElseThrow(),
                        accuracy(inside)));
            }
        }
        return bins;
    }

    private static Map<String, Share> shares(List<JudgedScores> judged, Function<JudgedScores, Stream<String>> names) {
        Map<String, List<JudgedScores>> groups = new TreeMap<>();
        judged.forEach(each -> names.apply(each)
                .forEach(name ->
                        groups.computeIfAbsent(name, key -> new ArrayList<>()).add(each)));
        Map<String, Share> shares = new TreeMap<>();
        groups.forEach((name, group) -> {
            List<Pair> strict =
                    pairs(group.stream()).stream().filter(pair -> !pair.tie()).toList();
            if (!strict.isEmpty()) {
                shares.put(name, new Share(strict.size(), accuracy(strict)));
            }
        });
        return shares;
    }

    /// How far scores must be apart not to be a tie, so that most pairs are told rightly.
    private record TieThreshold(double value, double accuracy) {
        static TieThreshold of(List<Pair> pairs) {
            List<Pair> nearest = pairs.stream()
                    .sorted(Comparator.comparingDouble(pair -> Math.abs(pair.difference())))
                    .toList();
            double right = nearest.stream()
                    .mapToDouble(pair -> pair.tie() ? 0 : pair.rightness())
                    .sum();
            double most = right;
            double value = 0;
            for (int i = 0; i < nearest.size(); i++) {
                Pair pair = nearest.get(i);
                right += pair.tie() ? 1 : -pair.rightness();
                double width = Math.abs(pair.difference());
                // pairs equally far apart are ties together or not at all
                boolean last =
                        i + 1 == nearest.size() || Math.abs(nearest.get(i + 1).difference()) > width;
                if (last && right > most) {
                    most = right;
                    value = width;
                }
            }
            return new TieThreshold(value, pairs.isEmpty() ? Double.NaN : most / pairs.size());
        }
    }
}

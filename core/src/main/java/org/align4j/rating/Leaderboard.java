package org.align4j.rating;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// A fit, and what labelers say to each other, as text.
///
/// @param agreement of the votes that the fit is of
public record Leaderboard(RatingFit fit, Agreement agreement) {
    /// As Markdown: what was fitted and how far it can be trusted, the ratings, the labelers.
    public String markdown() {
        StringBuilder text = new StringBuilder("# Leaderboard\n\n");
        text.append(about()).append("\n\n");
        text.append("| rank | item | strength | 95 % interval | Elo | 95 % interval |\n|---|---|---|---|---|---|\n");
        int rank = 0;
        for (Rating rating : fit.ratings()) {
            rank++;
            text.append(String.format(
                    Locale.ROOT,
                    "| %d | %s | %.3f | %.3f to %.3f | %.0f | %.0f to %.0f |\n",
                    rank,
                    rating.item().replace("|", "\\|"),
                    rating.strength(),
                    rating.low(),
                    rating.high(),
                    Rating.elo(rating.strength()),
                    Rating.elo(rating.low()),
                    Rating.elo(rating.high())));
        }
        if (!agreement.labelers().isEmpty()) {
            text.append("\n## Labelers\n\n").append(labelers());
        }
        return text.toString();
    }

    /// The model, the number of votes, the tie parameter, and what the data leave open.
    private String about() {
        List<String> sentences = new ArrayList<>();
        sentences.add(name() + " on " + fit.votes() + " votes; strengths are natural-log odds with mean 0, Elo has mean"
                + " 1500.");
        fit.tie()
                .ifPresent(tie -> sentences.add(String.format(
                        Locale.ROOT, "Tie parameter %s %.3f.", fit.model() == RatingModel.DAVIDSON ? "ν" : "θ", tie)));
        if (fit.groups().size() > 1) {
            sentences.add("The data don't connect all items: there are "
                    + fit.groups().size()
                    + " groups within which each item was, directly or through others, "
                    + (fit.model() == RatingModel.PLACKETT_LUCE ? "better than" : "at least as good as")
                    + " each other one at some time (" + groups()
                    + "). Between groups the penalty decides, not the data.");
        }
        if (fit.threshold()) {
            sentences.add(
                    "Some threshold explains every win and tie, so the votes are the likelier the larger strengths"
                            + " and tie parameter are together: how large, the penalty decides, not the data.");
        }
        if (fit.penalty() > 0) {
            sentences.add(String.format(Locale.ROOT, "Regularised by −%s Σ x².", fit.penalty()));
        }
        return String.join(" ", sentences);
    }

    private String groups() {
        return String.join(
                        "; ",
                        fit.groups().stream()
                                .limit(5)
                                .map(Leaderboard::shortened)
                                .toList())
                + (fit.groups().size() > 5 ? "; …" : "");
    }

    private static String shortened(List<String> group) {
        return String.join(", ", group.stream().limit(4).toList())
                + (group.size() > 4 ? ", … " + group.size() + " in all" : "");
    }

    private String name() {
        return switch (fit.model()) {
            case BRADLEY_TERRY -> "Bradley–Terry";
            case DAVIDSON -> "Davidson";
            case RAO_KUPPER -> "Rao–Kupper";
            case PLACKETT_LUCE -> "Plackett–Luce";
        };
    }

    private String labelers() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "Krippendorff's α of the places: %s. Two labelers say the same of %s of the pairs that both judged (%d),"
                        + " and of %s where neither says tied (%d; chance gives 50 %%).\n\n",
                number(agreement.alpha()),
                percent(agreement.pairs().share()),
                agreement.pairs().all(),
                percent(agreement.pairs().strictShare()),
                agreement.pairs().allStrict()));
        boolean effects = !fit.labelers().isEmpty();
        boolean ties = effects && fit.model().hasTieParameter();
        text.append("| labeler | votes | agrees with the others | where neither ties | α without it")
                .append(effects ? " | sharpness" : "")
                .append(ties ? " | readiness to tie" : "")
                .append(" |\n")
                .append("|---".repeat(5 + (effects ? 1 : 0) + (ties ? 1 : 0)))
                .append("|\n");
        for (Agreement.Labeler labeler : agreement.labelers()) {
            text.append("| " + labeler.name() + " | " + labeler.votes() + " | "
                    + percent(labeler.rest().share()) + " | "
                    + percent(labeler.rest().strictShare()) + " | " + number(labeler.alphaWithout()));
            fit.labelers().stream()
                    .filter(effect -> effect.labeler().equals(labeler.name()))
                    .forEach(effect -> text.append(" | ")
                            .append(number(effect.sharpness()))
                            .append(ties ? " | " + number(effect.ties()) : ""));
            text.append(" |\n");
        }
        return text.toString();
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.3f", value);
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /// As JSON, indented: `model`, `votes`, `penalty`, `log_likelihood`, `tie`, `groups`,
    /// `threshold_explains`, `ratings` (each `item`, `strength`, `error`, `low`, `high`, `elo`),
    /// `labelers` and `alpha`. What there isn't is left out.
    public String json() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("model", fit.model().name().toLowerCase(Locale.ROOT));
        object.put("votes", fit.votes());
        object.put("penalty", fit.penalty());
        object.put("log_likelihood", fit.logLikelihood());
        fit.tie().ifPresent(tie -> object.put("tie", tie));
        object.put("groups", fit.groups());
        object.put("threshold_explains", fit.threshold());
        object.put("ratings", fit.ratings().stream().map(Leaderboard::fields).toList());
        if (!agreement.labelers().isEmpty()) {
            put(object, "alpha", agreement.alpha());
            put(object, "pair_agreement", agreement.pairs().share());
            put(object, "strict_pair_agreement", agreement.pairs().strictShare());
            object.put(
                    "labelers", agreement.labelers().stream().map(this::fields).toList());
        }
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(object) + "\n";
    }

    private static Map<String, Object> fields(Rating rating) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("item", rating.item());
        fields.put("strength", rating.strength());
        fields.put("error", rating.error());
        fields.put("low", rating.low());
        fields.put("high", rating.high());
        fields.put("elo", Rating.elo(rating.strength()));
        return fields;
    }

    private Map<String, Object> fields(Agreement.Labeler labeler) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("labeler", labeler.name());
        fields.put("votes", labeler.votes());
        fields.put("pairs", labeler.rest().all());
        put(fields, "agreement", labeler.rest().share());
        put(fields, "strict_agreement", labeler.rest().strictShare());
        put(fields, "alpha_without", labeler.alphaWithout());
        fit.labelers().stream()
                .filter(effect -> effect.labeler().equals(labeler.name()))
                .forEach(effect -> {
                    fields.put("sharpness", effect.sharpness());
                    fields.put("ties", effect.ties());
                });
        return fields;
    }

    private static void put(Map<String, Object> fields, String name, double value) {
        if (!Double.isNaN(value)) {
            fields.put(name, value);
        }
    }
}

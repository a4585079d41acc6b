package org.align4j.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.align4j.data.Completion;
import org.align4j.data.Message;
import org.align4j.data.preference.Annotation;
import org.align4j.data.preference.BestOf;
import org.align4j.data.preference.Comparison;
import org.align4j.data.preference.Label;
import org.align4j.data.preference.Preference;
import org.align4j.data.preference.Ranking;
import org.align4j.data.preference.Ratings;
import org.align4j.data.preference.Unjudged;
import org.align4j.rl.EnsembleScores.Scored;

/// What `align4j score` writes of a row: the comparison in a form that can be read again, with the
/// texts that the model has read, and its scores.
///
/// @param chat whether the model read conversations
record ScoredRow(Scored scored, boolean chat) {
    /// Every output with its score.
    ///
    /// @param ensemble whether to tell how far the models are apart
    Map<String, Object> all(boolean ensemble) {
        Map<String, Object> row = new LinkedHashMap<>();
        JsonPrompt.put(row, comparison().prompt(), chat);
        List<Map<String, Object>> outputs = new ArrayList<>();
        for (int i = 0; i < comparison().ids().size(); i++) {
            String id = comparison().ids().get(i);
            Map<String, Object> output = new LinkedHashMap<>();
            output.put("id", id);
            Object answer = answer(id);
            output.put(answer instanceof String ? "text" : "messages", answer);
            output.put("score", scored.mean().scores().get(i));
            if (ensemble) {
                output.put("deviation", scored.deviations().get(i));
            }
            outputs.add(output);
        }
        row.put("outputs", outputs);
        row.put("highest", scored.best());
        putJudgement(row);
        Annotation annotation = comparison().annotation();
        annotation.labeler().ifPresent(labeler -> row.put("labeler", labeler));
        if (!annotation.tags().isEmpty()) {
            row.put("tags", annotation.tags());
        }
        row.put("source", comparison().source().toString());
        return row;
    }

    /// The best output as a demonstration.
    Map<String, Object> best() {
        Map<String, Object> row = new LinkedHashMap<>();
        JsonPrompt.put(row, comparison().prompt(), chat);
        row.put("completion", answer(scored.best()));
        row.put("score", scored.mean().scores().get(comparison().ids().indexOf(scored.best())));
        return row;
    }

    private Comparison comparison() {
        return scored.mean().comparison();
    }

    private void putJudgement(Map<String, Object> row) {
        switch (comparison().judgement()) {
            case Ranking ranking -> row.put("ranking", ranking.groups());
            case Ratings ratings -> row.put("ratings", ratings.values());
            case BestOf best -> row.put("best", best.best());
            case Preference pair -> {
                row.put("chosen", answer(pair.better()));
                row.put("rejected", answer(pair.worse()));
                pair.margin().ifPresent(margin -> row.put("margin", margin));
                pair.probability().ifPresent(probability -> row.put("probability", probability));
                if (pair.tie()) {
                    row.put("tie", true);
                }
            }
            case Label label -> {
                row.put("completion", answer(label.output()));
                row.put("label", label.good());
            }
            case Unjudged unjudged -> {}
        }
    }

    /// A text, or a list of messages.
    private Object answer(String id) {
        Completion completion = comparison().output(id);
        if (!chat && completion.text().isPresent()) {
            return completion.text().get();
        }
        Message first = completion.messages().getFirst();
        boolean plain = completion.messages().equals(List.of(Message.assistant(first.content())));
        return plain
                ? first.content()
                : completion.messages().stream().map(ScoredRow::fields).toList();
    }

    private static Map<String, ?> fields(Message message) {
        Map<String, Object> fields = new LinkedHashMap<>(message.fields());
        message.weight().ifPresent(weight -> fields.put("weight", weight));
        return fields;
    }
}

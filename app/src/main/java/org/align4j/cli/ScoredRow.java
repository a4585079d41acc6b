package org.align4j.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.align4j.data.Completion;
import org.align4j.data.Message;
import org.align4j.data.preference.Comparison;
import org.align4j.data.preference.Unjudged;
import org.align4j.rl.EnsembleScores.Scored;

/// What `align4j score` writes of a row.
final class ScoredRow {
    private ScoredRow() {}

    /// Every output with its score.
    ///
    /// @param ensemble whether to tell how far the models are apart
    static Map<String, Object> all(Scored scored, boolean ensemble) {
        Comparison comparison = scored.mean().comparison();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("prompt", prompt(comparison));
        List<Map<String, Object>> outputs = new ArrayList<>();
        for (int i = 0; i < comparison.ids().size(); i++) {
            String id = comparison.ids().get(i);
            Map<String, Object> output = new LinkedHashMap<>();
            output.put("id", id);
            Completion completion = comparison.output(id);
            if (completion.text().isPresent()) {
                output.put("text", completion.text().get());
            } else {
                output.put("messages", messages(completion));
            }
            output.put("score", scored.mean().scores().get(i));
            if (ensemble) {
                output.put("deviation", scored.deviations().get(i));
            }
            outputs.add(output);
        }
        row.put("outputs", outputs);
        row.put("best", scored.best());
        if (!(comparison.judgement() instanceof Unjudged)) {
            row.put("judgement", comparison.judgement().toString());
        }
        row.put("source", comparison.source().toString());
        return row;
    }

    /// The best output as a demonstration.
    static Map<String, Object> best(Scored scored) {
        Comparison comparison = scored.mean().comparison();
        Completion completion = comparison.output(scored.best());
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("prompt", prompt(comparison));
        row.put("completion", completion.text().isPresent() ? completion.text().get() : messages(completion));
        row.put("score", scored.mean().scores().get(comparison.ids().indexOf(scored.best())));
        return row;
    }

    private static Object prompt(Comparison comparison) {
        return JsonPrompt.of(comparison.prompt(), false);
    }

    private static List<Map<String, ?>> messages(Completion completion) {
        List<Map<String, ?>> messages = new ArrayList<>();
        for (Message message : completion.messages()) {
            messages.add(message.fields());
        }
        return messages;
    }
}

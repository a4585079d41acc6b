package org.align4j.train.reward;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.TokenizedComparison;
import org.align4j.model.CausalLm;
import org.align4j.rl.Scores;
import org.align4j.tokenizer.Tokenizer;

/// What a few answers are worth to the model, beside what labelers said of them: accuracy hides a
/// model that looks at nothing but length.
///
/// @param comparisons whose answers are scored
/// @param maxTokens of a batch
record ScoredAnswers(CausalLm model, Tokenizer tokenizer, List<TokenizedComparison> comparisons, int maxTokens) {
    private static final int COMPARISONS = 4;

    /// @param comparisons the first few are shown
    ScoredAnswers {
        comparisons = comparisons.stream().limit(COMPARISONS).toList();
    }

    /// One line an answer, for `samples.jsonl`; none once `interrupted`.
    List<Map<String, String>> now(BooleanSupplier interrupted) {
        List<float[]> scores = Scores.of(
                model, comparisons.stream().map(TokenizedComparison::outputs).toList(), maxTokens, interrupted);
        List<Map<String, String>> lines = new ArrayList<>();
        for (int i = 0; i < scores.size(); i++) {
            TokenizedComparison comparison = comparisons.get(i);
            List<String> ids = comparison.comparison().ids();
            for (int k = 0; k < ids.size(); k++) {
                TokenizedExample output = comparison.outputs().get(k);
                Map<String, String> line = new LinkedHashMap<>();
                line.put("prompt", text(output, 0, output.firstTarget()));
                line.put("completion", text(output, output.firstTarget(), output.length()));
                line.put("reward", String.format(Locale.ROOT, "%.3f", scores.get(i)[k]));
                line.put("output", ids.get(k));
                line.put("judged", comparison.comparison().judgement().places().toString());
                lines.add(line);
            }
        }
        return lines;
    }

    private String text(TokenizedExample output, int from, int to) {
        return tokenizer.decode(Arrays.copyOfRange(output.tokens(), from, to), false);
    }
}

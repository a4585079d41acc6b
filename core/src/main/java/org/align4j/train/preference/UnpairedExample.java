package org.align4j.train.preference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.align4j.data.Prompt;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.TokenizedComparison;
import org.align4j.data.preference.Comparison;

/// One answer that is good or bad.
///
/// @param answer prompt and answer as tokens
/// @param mismatched the same prompt with the answer to another one
record UnpairedExample(TokenizedExample answer, TokenizedExample mismatched, boolean good) {
    /// An answer whose mismatched partner isn't chosen yet.
    private record Labeled(Prompt prompt, TokenizedExample answer, boolean good) {}

    /// The labeled answers of all comparisons. Each prompt's mismatched answer is the next one of
    /// the data that belongs to another prompt, so that it stays the same in every epoch and the
    /// reference has to see it once.
    ///
    /// @param maxLength tokens of a mismatched sequence; longer ones are cut
    static List<UnpairedExample> of(List<TokenizedComparison> comparisons, int maxLength) {
        List<Labeled> labeled =
                comparisons.stream().flatMap(each -> labels(each).stream()).toList();
        List<UnpairedExample> examples = new ArrayList<>();
        for (int i = 0; i < labeled.size(); i++) {
            Labeled own = labeled.get(i);
            TokenizedExample other = next(labeled, i).map(Labeled::answer).orElse(own.answer());
            examples.add(new UnpairedExample(own.answer(), mismatched(own.answer(), other, maxLength), own.good()));
        }
        return examples;
    }

    private static List<Labeled> labels(TokenizedComparison tokens) {
        Comparison comparison = tokens.comparison();
        return comparison.labels().stream()
                .map(label -> new Labeled(comparison.prompt(), tokens.output(label.output()), label.good()))
                .toList();
    }

    private static Optional<Labeled> next(List<Labeled> labeled, int i) {
        for (int step = 1; step < labeled.size(); step++) {
            Labeled candidate = labeled.get((i + step) % labeled.size());
            if (!candidate.prompt().equals(labeled.get(i).prompt())) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private static TokenizedExample mismatched(TokenizedExample prompt, TokenizedExample answer, int maxLength) {
        int given = prompt.firstTarget();
        int from = answer.firstTarget();
        int length = Math.min(Math.max(maxLength, given + 1), given + answer.length() - from);
        int[] tokens = Arrays.copyOf(prompt.tokens(), length);
        boolean[] mask = new boolean[length];
        System.arraycopy(answer.tokens(), from, tokens, given, length - given);
        System.arraycopy(answer.lossMask(), from, mask, given, length - given);
        return new TokenizedExample(tokens, mask, prompt.source());
    }
}

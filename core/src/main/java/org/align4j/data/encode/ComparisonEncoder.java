package org.align4j.data.encode;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.align4j.data.Completion;
import org.align4j.data.DataReport;
import org.align4j.data.Example;
import org.align4j.data.SkipReason;
import org.align4j.data.TokenizedExample;
import org.align4j.data.preference.Comparison;
import org.align4j.data.preference.Unjudged;
import org.align4j.tokenizer.Tokenizer;

/// Makes token ids of comparisons. Each output is encoded with its prompt as in supervised training
/// and ends with the answer's last token, EOS where the answer has one. A comparison of which one
/// output cannot be used is left out whole and entered in the report; so is one that judges outputs
/// of the same tokens.
public final class ComparisonEncoder {
    private final ExampleEncoder encoder;
    private final DataReport report;

    /// @throws org.align4j.error.AlignException.Config when a chat template is demanded and there
    ///     is none
    public ComparisonEncoder(
            Tokenizer tokenizer, Optional<ChatRenderer> template, EncodeOptions options, DataReport report) {
        this.encoder =
                new ExampleEncoder(tokenizer, template, options.withLossOn(EncodeOptions.LossOn.COMPLETION), report);
        this.report = report;
    }

    /// The tokens of all comparisons that can be used, in order.
    public List<TokenizedComparison> encodeAll(List<Comparison> comparisons) {
        return comparisons.stream()
                .flatMap(comparison -> encode(comparison).stream())
                .toList();
    }

    /// The tokens of a comparison, or empty and an entry in the report.
    public Optional<TokenizedComparison> encode(Comparison comparison) {
        boolean judged = !(comparison.judgement() instanceof Unjudged);
        List<TokenizedExample> outputs = new ArrayList<>();
        Set<TokenizedExample> different = new HashSet<>();
        for (Completion completion : comparison.outputs().values()) {
            Optional<TokenizedExample> tokens =
                    encoder.tokens(new Example.Answered(comparison.prompt(), completion, comparison.source()));
            if (tokens.isEmpty()) {
                return Optional.empty();
            }
            TokenizedExample ended = tokens.get().ended();
            if (judged && !different.add(ended)) {
                report.skip(
                        SkipReason.IDENTICAL_OUTPUTS,
                        comparison.source(),
                        "two outputs have the same tokens, once cut or as the chat template writes them;"
                                + " raise data.max_length if they were cut");
                return Optional.empty();
            }
            outputs.add(ended);
        }
        report.use();
        return Optional.of(new TokenizedComparison(comparison, outputs));
    }
}

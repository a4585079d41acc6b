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
    private final int maxLength;

    /// @throws org.align4j.error.AlignException.Config when a chat template is demanded and there
    ///     is none
    public ComparisonEncoder(
            Tokenizer tokenizer, Optional<ChatRenderer> template, EncodeOptions options, DataReport report) {
        // a cut at the start is one for all outputs, whose prompts stay the same: see #cutTogether
        boolean together = options.truncate() == EncodeOptions.Truncate.START;
        maxLength = together ? options.maxLength() : Integer.MAX_VALUE;
        EncodeOptions ofOutputs = together ? options.withMaxLength(Integer.MAX_VALUE) : options;
        this.encoder =
                new ExampleEncoder(tokenizer, template, ofOutputs.withLossOn(EncodeOptions.LossOn.COMPLETION), report);
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
        Optional<List<TokenizedExample>> fitted = cutTogether(outputs, comparison);
        fitted.ifPresent(used -> report.use());
        return fitted.map(used -> new TokenizedComparison(comparison, used));
    }

    /// Takes the same tokens off the start of all outputs until the longest fits: cut by its own
    /// length, each would answer another prompt. A cut into an answer is none.
    private Optional<List<TokenizedExample>> cutTogether(List<TokenizedExample> outputs, Comparison comparison) {
        int longest = outputs.stream().mapToInt(TokenizedExample::length).max().orElse(0);
        int over = longest - maxLength;
        if (over <= 0) {
            return Optional.of(outputs);
        }
        if (outputs.stream().anyMatch(output -> output.firstTarget() - over < Math.max(1, encoder.startOf(output)))) {
            report.skip(
                    SkipReason.TOO_LONG,
                    comparison.source(),
                    longest + " tokens, data.max_length is " + maxLength + ", and the prompt has fewer than " + over
                            + " to cut off");
            return Optional.empty();
        }
        report.note("longer than data.max_length " + maxLength + ", cut at the start", comparison.source());
        return Optional.of(outputs.stream()
                .map(output -> encoder.withoutStart(output, over))
                .toList());
    }
}

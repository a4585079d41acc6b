package org.align4j.train.reward;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.DataReport;
import org.align4j.data.Example;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.ChatRenderer;
import org.align4j.data.encode.ExampleEncoder;
import org.align4j.data.encode.TokenizedComparison;
import org.align4j.data.format.ExampleReader;
import org.align4j.data.format.FormatOptions;
import org.align4j.data.preference.Judgement;
import org.align4j.data.preference.Preference;
import org.align4j.data.rows.Rows;
import org.align4j.tokenizer.ChatTemplate;

/// The answers that a reward model's normalised scores are 0 for on average.
///
/// @param examples may be none
/// @param notes what a user should know of the files that they come from
record Demonstrations(List<TokenizedExample> examples, List<String> notes) {
    /// The first of the files that the configuration names, or the preferred outputs of the first
    /// comparisons.
    ///
    /// @throws org.align4j.error.AlignException.Data for rows that cannot be used, unless they are
    ///     to be skipped
    static Demonstrations of(RewardConfig config, List<TokenizedComparison> comparisons, LoadedModel model) {
        if (config.normaliseExamples() == 0) {
            return new Demonstrations(List.of(), List.of());
        }
        if (config.demonstrations().isEmpty()) {
            return new Demonstrations(
                    comparisons.stream()
                            .limit(config.normaliseExamples())
                            .map(Demonstrations::best)
                            .toList(),
                    List.of());
        }
        DataReport report = new DataReport();
        ExampleReader reader = new ExampleReader(FormatOptions.DEFAULT, report);
        Optional<ChatRenderer> template =
                model.template().map(chat -> ChatRenderer.of(chat, ChatTemplate.Options.conversation()));
        ExampleEncoder encoder =
                new ExampleEncoder(model.tokenizer(), template, config.data().encoding(), report);
        List<TokenizedExample> demonstrations = new ArrayList<>();
        try (Rows rows = Rows.open(config.demonstrations(), config.data().reading(), report)) {
            while (rows.hasNext() && demonstrations.size() < config.normaliseExamples()) {
                Optional<Example> example = reader.read(rows.next());
                example.flatMap(encoder::encode).map(TokenizedExample::ended).ifPresent(demonstrations::add);
            }
        }
        report.check(config.data().onError());
        return new Demonstrations(demonstrations, List.of("demonstrations: " + report.summary()));
    }

    /// The output that no other is preferred to; the first of several.
    static TokenizedExample best(TokenizedComparison comparison) {
        Judgement judgement = comparison.comparison().judgement();
        List<String> beaten = judgement.preferences().stream()
                .filter(preference -> !preference.tie())
                .map(Preference::worse)
                .toList();
        String best = comparison.comparison().ids().stream()
                .filter(id -> !beaten.contains(id))
                .findFirst()
                .orElseThrow();
        return comparison.output(best);
    }
}

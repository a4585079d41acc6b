package org.align4j.pipeline.cai;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.align4j.data.Conversation;
import org.align4j.data.DataReport;
import org.align4j.data.Example;
import org.align4j.data.Message;
import org.align4j.data.OnError;
import org.align4j.data.format.ExampleReader;
import org.align4j.data.format.FormatOptions;
import org.align4j.data.rows.ReadOptions;
import org.align4j.data.rows.Rows;
import org.align4j.error.AlignException;
import org.align4j.pipeline.synthetic.Statistics;
import org.align4j.random.CounterRandom;
import org.jspecify.annotations.Nullable;

/// What the SL-CAI model learns from: prompts with their revisions, mixed with helpful examples.
final class SupervisedData {
    private SupervisedData() {}

    /// A row that `align4j sft` reads.
    ///
    /// @param id of the prompt, or `h1`, `h2`… of a helpful example
    /// @param revision its number; 0 for helpful examples
    /// @param source file and line of a helpful example; empty for revisions
    record Line(String id, int revision, Optional<String> source, List<Map<String, @Nullable Object>> messages) {}

    /// @throws AlignException.Config for edits of what isn't there
    /// @throws AlignException.Data when nothing is left
    static List<Line> of(CaiConfig config, List<Chain> chains, Edits edits, Statistics.Tally tally) {
        Edits theirs = edits.about(false, chains.stream().map(Chain::id).collect(Collectors.toSet()));
        List<Line> lines = new ArrayList<>();
        for (Chain chain : chains) {
            Optional<Edits.Edit> edit = theirs.of(chain.id());
            if (edit.isPresent() && edit.get().vetoed()) {
                tally.reject("vetoed", chain.id() + " " + edit.get().reason().orElse(""));
                continue;
            }
            Chain used = edit.flatMap(Edits.Edit::revision).map(chain::edited).orElse(chain);
            if (used.failure().isPresent()) {
                tally.reject(
                        "chain without revisions",
                        used.id() + ": " + used.failure().get());
                continue;
            }
            int last = used.steps().size();
            for (int step = config.supervised().every() ? 1 : last; step <= last; step++) {
                String answer = used.steps().get(step - 1).revision();
                lines.add(new Line(
                        used.id(),
                        step,
                        Optional.empty(),
                        turns(Conversation.of(Message.user(used.prompt()), Message.assistant(answer)))));
            }
        }
        if (lines.isEmpty()) {
            throw new AlignException.Data(
                    "no revision is left to learn from; look at " + Stage.REVISIONS.folder(config.output()));
        }
        lines.addAll(helpful(config, lines.size()));
        return lines;
    }

    private static List<Line> helpful(CaiConfig config, int revisions) {
        CaiConfig.Supervised settings = config.supervised();
        if (settings.helpful().isEmpty() || settings.helpfulShare() == 0) {
            return List.of();
        }
        DataReport report = new DataReport();
        List<Line> found = new ArrayList<>();
        try (Rows rows = Rows.open(settings.helpful(), ReadOptions.DEFAULT, report)) {
            for (Example example : new ExampleReader(FormatOptions.DEFAULT, report).readAll(rows)) {
                conversation(example).ifPresent(conversation -> {
                    report.use();
                    found.add(new Line("", 0, Optional.of(example.source().toString()), turns(conversation)));
                });
            }
        }
        report.check(OnError.FAIL);
        int wanted = (int) Math.round(revisions * settings.helpfulShare() / (1 - settings.helpfulShare()));
        if (found.size() < wanted) {
            throw new AlignException.Data("supervised.helpful has " + found.size() + " examples; a share of "
                    + settings.helpfulShare() + " beside " + revisions + " revisions needs " + wanted
                    + "; name more files or lower supervised.helpful_share");
        }
        int[] order = CounterRandom.of(config.seed(), "helpful examples").permutation(found.size(), 0);
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < wanted; i++) {
            Line line = found.get(order[i]);
            lines.add(new Line("h" + (i + 1), 0, line.source(), line.messages()));
        }
        return List.copyOf(lines);
    }

    private static Optional<Conversation> conversation(Example example) {
        return switch (example) {
            case Example.Chat chat -> Optional.of(chat.conversation());
            case Example.PromptCompletion pair -> Optional.of(pair.conversation());
            case Example.Answered answered -> Optional.of(answered.prompt().answered(answered.completion()));
            case Example.PlainText _ -> Optional.empty();
        };
    }

    /// Turns as a chat template and our readers know them.
    static List<Map<String, @Nullable Object>> turns(Conversation conversation) {
        return turns(conversation.messages());
    }

    static List<Map<String, @Nullable Object>> turns(List<Message> messages) {
        return messages.stream().map(SupervisedData::turn).toList();
    }

    private static Map<String, @Nullable Object> turn(Message message) {
        Map<String, @Nullable Object> fields = message.fields();
        if (message.isAssistant() && !message.trained()) {
            fields.put("weight", 0);
        }
        return fields;
    }
}

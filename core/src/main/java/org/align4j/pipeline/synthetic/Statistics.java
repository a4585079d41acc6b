package org.align4j.pipeline.synthetic;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.align4j.teacher.Reply;

/// What making data cost and what was thrown away.
///
/// @param questions asked of the teacher
/// @param promptTokens read by it
/// @param answerTokens written by it
/// @param kept tasks in the output
/// @param rejected by reason
/// @param examples the first texts thrown away for each reason
public record Statistics(
        long questions,
        long promptTokens,
        long answerTokens,
        long kept,
        Map<String, Long> rejected,
        Map<String, List<String>> examples) {
    public Statistics {
        rejected = Collections.unmodifiableMap(new TreeMap<>(rejected));
        examples = Collections.unmodifiableMap(new TreeMap<>(examples));
    }

    /// Why texts were thrown away, in one line: how often, and the first of each kind.
    String reasons() {
        return rejected.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + entry.getValue() + ", first \""
                        + examples.getOrDefault(entry.getKey(), List.of()).stream()
                                .findFirst()
                                .orElse("")
                                .replace('\n', ' ')
                        + "\"")
                .collect(Collectors.joining("; "));
    }

    /// Counts while data is made. One thread.
    public static final class Tally {
        private static final int KEPT = 3;
        private final Map<String, Long> rejected = new LinkedHashMap<>();
        private final Map<String, List<String>> examples = new LinkedHashMap<>();
        private Reply.Usage usage = Reply.Usage.NONE;
        private long questions;

        /// The text of a reply; empty and counted where there is none.
        public String text(Reply reply) {
            questions++;
            return switch (reply) {
                case Reply.Answer answer -> {
                    usage = usage.plus(answer.usage());
                    yield answer.text();
                }
                case Reply.Choice choice -> {
                    usage = usage.plus(choice.usage());
                    yield "";
                }
                case Reply.Failure failure -> {
                    reject("the teacher gave no answer", failure.reason());
                    yield "";
                }
            };
        }

        /// Counts a text that isn't used.
        public void reject(String reason, String text) {
            rejected.merge(reason, 1L, Long::sum);
            List<String> shown = examples.computeIfAbsent(reason, fresh -> new ArrayList<>());
            if (shown.size() < KEPT) {
                shown.add(text.length() > 200 ? text.substring(0, 200) + "…" : text);
            }
        }

        /// All counts so far.
        public Statistics statistics(long kept) {
            return new Statistics(questions, usage.promptTokens(), usage.answerTokens(), kept, rejected, examples);
        }
    }
}

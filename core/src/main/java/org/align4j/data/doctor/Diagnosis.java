package org.align4j.data.doctor;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the doctor found.
///
/// @param files as they were named
/// @param rows read
/// @param examples of them that could be examined
/// @param findings one for every check that was made, in order
/// @param prompts lengths in characters
/// @param completions lengths in characters
/// @param languages examples by language, or by script where rows don't say
/// @param tasks examples and answers of every task
public record Diagnosis(
        List<String> files,
        long rows,
        long examples,
        List<Finding> findings,
        Lengths prompts,
        Lengths completions,
        Map<String, Long> languages,
        Map<String, TaskAnswers> tasks) {
    public Diagnosis {
        files = List.copyOf(files);
        findings = List.copyOf(findings);
        languages = Collections.unmodifiableMap(new LinkedHashMap<>(languages));
        tasks = Collections.unmodifiableMap(new LinkedHashMap<>(tasks));
    }

    /// The answers of a task.
    ///
    /// @param answers examples by answer where there are few answers, the most frequent first;
    ///     otherwise none
    public record TaskAnswers(long examples, Map<String, Long> answers) {
        public TaskAnswers {
            answers = Collections.unmodifiableMap(new LinkedHashMap<>(answers));
        }

        /// The share of the most frequent answer; 0 where there are many.
        public double largestShare() {
            return answers.isEmpty() ? 0 : (double) answers.values().iterator().next() / examples;
        }
    }

    /// Whether something is found that shouldn't be trained on.
    ///
    /// @param strict warnings count, too
    /// @param tolerated share of the rows that a finding may concern
    public boolean isIll(boolean strict, double tolerated) {
        return findings.stream()
                .filter(finding -> strict || finding.check().severity() == Finding.Severity.FAULT)
                .anyMatch(finding -> finding.count() > tolerated * rows);
    }
}

package org.align4j.data.flan.prompt;

import java.util.ArrayList;
import java.util.List;
import org.align4j.data.flan.task.Demonstration;
import org.align4j.data.flan.task.TaskData;
import org.align4j.data.flan.task.TaskExample;

/// The k-shot form of Natural Instructions (Wang et al. 2022, section 4.1): definition, right
/// examples, wrong ones, each with its explanation, then the input. Tasks without examples of their
/// own show other examples of the task.
final class DetailedPrompt {
    private DetailedPrompt() {}

    /// @param shots examples in the prompt
    record Text(String prompt, String completion, int shots) {}

    static Text of(TaskExample example, TaskData.Facts facts, int positives, int negatives, List<TaskExample> others) {
        List<Demonstration> right = new ArrayList<>();
        if (facts.positives().isEmpty()) {
            others.forEach(other -> right.add(new Demonstration(other.input(), other.target(), other.rationale())));
        } else {
            facts.positives().stream()
                    .filter(demonstration -> !demonstration
                            .input()
                            .strip()
                            .equals(example.input().strip()))
                    .limit(positives)
                    .forEach(right::add);
        }
        List<Demonstration> wrong = facts.negatives().stream()
                .filter(demonstration ->
                        !demonstration.input().strip().equals(example.input().strip()))
                .limit(negatives)
                .toList();
        StringBuilder text = new StringBuilder("Definition: ")
                .append(facts.definition().strip())
                .append("\n\n");
        append(text, "Positive Example ", right);
        append(text, "Negative Example ", wrong);
        text.append("Now complete the following example -\nInput: ")
                .append(example.input())
                .append("\nOutput:\n");
        return new Text(text.toString(), example.target(), right.size() + wrong.size());
    }

    private static void append(StringBuilder text, String title, List<Demonstration> demonstrations) {
        for (int i = 0; i < demonstrations.size(); i++) {
            Demonstration shown = demonstrations.get(i);
            text.append(title)
                    .append(i + 1)
                    .append(" -\nInput: ")
                    .append(shown.input())
                    .append("\nOutput: ")
                    .append(shown.output())
                    .append('\n');
            if (!shown.explanation().isBlank()) {
                text.append("Explanation: ").append(shown.explanation()).append('\n');
            }
            text.append('\n');
        }
    }
}

package org.align4j.data.flan.prompt;

import java.util.List;
import org.align4j.data.flan.task.Demonstration;
import org.align4j.data.flan.task.TaskData;
import org.align4j.data.flan.task.TaskExample;

/// The k-shot form of Natural Instructions (Wang et al. 2022, section 4.1): definition, right
/// examples, wrong ones, each with its explanation, then the input. Tasks without examples of their
/// own show other examples of the task. Without shots the definition stands alone.
final class DetailedPrompt {
    private DetailedPrompt() {}

    /// @param shots examples in the prompt
    record Text(String prompt, String completion, int shots) {}

    /// @param wanted right examples; 0: no wrong ones either
    /// @param others examples of the task, where it has none of its own to show
    static Text of(
            TaskExample example, TaskData.Facts facts, int wanted, Prompting prompting, List<TaskExample> others) {
        List<Demonstration> positives = facts.positives().isEmpty()
                ? others.stream()
                        .map(other -> new Demonstration(other.input(), other.target(), other.rationale()))
                        .toList()
                : facts.positives();
        String question = "Now complete the following example -\nInput: " + example.input() + "\nOutput:\n";
        int most = prompting.maxCharacters() == 0 ? Integer.MAX_VALUE : prompting.maxCharacters() - question.length();
        StringBuilder text = new StringBuilder("Definition: ")
                .append(facts.definition().strip())
                .append("\n\n");
        int right = append(text, "Positive Example ", positives, example, wanted, most);
        int wrong = append(
                text, "Negative Example ", facts.negatives(), example, wanted == 0 ? 0 : prompting.negatives(), most);
        return new Text(text.append(question).toString(), example.target(), right + wrong);
    }

    /// As many as are wanted and find room, less those with the asked input; how many.
    private static int append(
            StringBuilder text,
            String title,
            List<Demonstration> demonstrations,
            TaskExample example,
            int wanted,
            int most) {
        String asked = example.input().strip();
        int count = 0;
        for (Demonstration shown : demonstrations) {
            if (count == wanted) {
                break;
            }
            if (shown.input().strip().equals(asked)) {
                continue;
            }
            int start = text.length();
            text.append(title).append(count + 1).append(" -\nInput: ").append(shown.input());
            text.append("\nOutput: ").append(shown.output()).append('\n');
            if (!shown.explanation().isBlank()) {
                text.append("Explanation: ").append(shown.explanation()).append('\n');
            }
            text.append('\n');
            if (text.length() > most) {
                text.setLength(start);
            } else {
                count++;
            }
        }
        return count;
    }
}

package org.align4j.data.flan.prompt;

import java.util.List;
import org.align4j.data.flan.task.TaskExample;

/// Puts examples with their answers before a question.
///
/// @param maxCharacters of the whole; 0: any length
record Layout(Wording wording, Wording.Setting setting, int maxCharacters) {
    /// @param shots examples that found room
    record Laid(String text, int shots) {}

    /// As many of `examples`, from the first, as find room before `question`.
    Laid before(List<TaskExample> examples, CharSequence question) {
        StringBuilder text = new StringBuilder(wording.template().intro());
        int shots = 0;
        for (TaskExample example : examples) {
            int start = text.length();
            boolean lacking = wording.prompt(example, setting, text).isPresent()
                    || wording.completion(example, setting, text).isPresent();
            text.append(wording.template().between());
            if (lacking || (maxCharacters > 0 && text.length() + question.length() > maxCharacters)) {
                text.setLength(start);
                continue;
            }
            shots++;
        }
        if (shots == 0) {
            return new Laid(question.toString(), 0);
        }
        return new Laid(text.append(question).toString(), shots);
    }
}

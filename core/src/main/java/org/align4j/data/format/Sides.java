package org.align4j.data.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.align4j.data.Completion;
import org.align4j.data.Conversation;
import org.align4j.data.Message;
import org.align4j.data.Prompt;
import org.align4j.data.SkipReason;

/// A pair's prompt and its two answers.
record Sides(Prompt prompt, Completion chosen, Completion rejected) {
    /// Texts that both begin with the prompt: it ends before the first word that differs.
    static Sides ofTexts(String system, String chosen, String rejected) throws RowFault {
        int end = sharedBeginning(chosen, rejected);
        while (end > 0 && !Character.isWhitespace(chosen.charAt(end - 1))) {
            end--;
        }
        // The space belongs to the word behind it, as tokenizers have it.
        if (end > 0 && chosen.charAt(end - 1) == ' ') {
            end--;
        }
        if (chosen.substring(0, end).isBlank()) {
            throw new RowFault(
                    SkipReason.DIFFERENT_PROMPTS,
                    "\"chosen\" and \"rejected\" begin differently and there is no \"prompt\"; give one");
        }
        return new Sides(
                Prompt.of(system, chosen.substring(0, end)),
                Completion.of(chosen.substring(end)),
                Completion.of(rejected.substring(end)));
    }

    /// Dialogues that both begin with the prompt.
    static Sides ofTurns(List<Message> chosen, List<Message> rejected, List<Map<String, Object>> tools)
            throws RowFault {
        int shared = 0;
        while (shared < Math.min(chosen.size(), rejected.size())
                && chosen.get(shared).equals(rejected.get(shared))) {
            shared++;
        }
        // Equal dialogues are told as identical outputs, not as empty ones.
        shared = Math.min(shared, Math.min(chosen.size(), rejected.size()) - 1);
        if (shared == 0) {
            throw new RowFault(
                    SkipReason.DIFFERENT_PROMPTS,
                    "\"chosen\" and \"rejected\" share no first message and there is no \"prompt\"; give one");
        }
        return new Sides(
                Prompt.of(new Conversation(chosen.subList(0, shared), tools)),
                Completion.of(chosen.subList(shared, chosen.size())),
                Completion.of(rejected.subList(shared, rejected.size())));
    }

    /// An answer as turns, without the prompt's where the data repeat them.
    static Completion answer(String column, Prompt prompt, List<Message> turns) throws RowFault {
        List<Message> given = prompt.conversation().messages();
        List<Message> untrained = turns.stream().map(Message::untrained).toList();
        boolean repeats = turns.size() > given.size()
                && untrained.subList(0, given.size()).equals(given);
        List<Message> rest = repeats ? turns.subList(given.size(), turns.size()) : new ArrayList<>(turns);
        if (!rest.getFirst().isAssistant()) {
            throw new RowFault(
                    SkipReason.DIFFERENT_PROMPTS,
                    "\"" + column + "\" begins with a turn of the "
                            + rest.getFirst().role() + " that isn't the prompt's; expected the assistant's");
        }
        return Completion.of(rest);
    }

    /// Characters that two texts share at their beginning; surrogate pairs stay whole.
    static int sharedBeginning(String one, String other) {
        int length = 0;
        int most = Math.min(one.length(), other.length());
        while (length < most && one.charAt(length) == other.charAt(length)) {
            length++;
        }
        boolean split = length > 0 && Character.isHighSurrogate(one.charAt(length - 1));
        return split ? length - 1 : length;
    }
}

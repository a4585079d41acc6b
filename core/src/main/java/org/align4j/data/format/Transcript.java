package org.align4j.data.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.align4j.data.Completion;
import org.align4j.data.Conversation;
import org.align4j.data.Message;
import org.align4j.data.Prompt;
import org.align4j.data.SkipReason;

/// Dialogues written as text, as in hh-rlhf (Bai et al. 2022): `\n\nHuman: …\n\nAssistant: …`.
final class Transcript {
    private static final String HUMAN = "\n\nHuman:";
    private static final String ASSISTANT = "\n\nAssistant:";

    private Transcript() {}

    static boolean is(Object text) {
        return text instanceof String written && written.startsWith(HUMAN) && written.contains(ASSISTANT);
    }

    /// Two dialogues' common beginning and their ends. The prompt goes up to the last `Assistant:`
    /// that both have at the same place; what follows is the answer, which in some rows has several
    /// turns.
    static Sides sides(String chosen, String rejected) throws RowFault {
        checkBeginning("chosen", chosen);
        checkBeginning("rejected", rejected);
        int shared = Sides.sharedBeginning(chosen, rejected);
        int mark = chosen.substring(0, shared).lastIndexOf(ASSISTANT);
        if (mark <= 0) {
            throw new RowFault(
                    SkipReason.DIFFERENT_PROMPTS,
                    "\"chosen\" and \"rejected\" share no beginning up to an \"Assistant:\" that answers");
        }
        int answer = mark + ASSISTANT.length();
        return new Sides(
                given(chosen.substring(0, mark)),
                completion(chosen.substring(answer)),
                completion(rejected.substring(answer)));
    }

    /// What a dialogue's last answer answers.
    static Prompt prompt(String transcript) {
        return given(transcript.substring(0, transcript.lastIndexOf(ASSISTANT)));
    }

    private static void checkBeginning(String column, String transcript) throws RowFault {
        if (!transcript.startsWith(HUMAN) && !transcript.startsWith(ASSISTANT)) {
            throw new RowFault(
                    SkipReason.BAD_CONVERSATION,
                    "\"" + column
                            + "\" doesn't begin with \"\\n\\nHuman:\" or \"\\n\\nAssistant:\", as a transcript does");
        }
    }

    /// @param text begins with a mark
    private static Prompt given(String text) {
        return new Prompt(new Conversation(turns(text), List.of()), Optional.of(text + ASSISTANT));
    }

    private static Completion completion(String text) {
        return new Completion(turns(ASSISTANT + text), Optional.of(text));
    }

    private static List<Message> turns(String text) {
        List<Message> turns = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            boolean human = text.startsWith(HUMAN, at);
            int from = at + (human ? HUMAN : ASSISTANT).length();
            int end = Math.min(next(text, HUMAN, from), next(text, ASSISTANT, from));
            String content = text.substring(from, end).strip();
            turns.add(human ? Message.user(content) : Message.assistant(content));
            at = end;
        }
        return turns;
    }

    private static int next(String text, String mark, int from) {
        int found = text.indexOf(mark, from);
        return found < 0 ? text.length() : found;
    }
}

package org.align4j.rl.environment;

import java.util.ArrayList;
import java.util.List;
import org.align4j.data.Conversation;
import org.align4j.data.Message;
import org.align4j.data.encode.ChatRenderer;
import org.align4j.error.AlignException;
import org.align4j.tokenizer.Tokenizer;

/// The tokens between two turns of a policy. What it drew stays as it is; only what a chat template
/// puts between is written, so that the ids that it learns from are those that it saw.
///
/// @param renderer of the chat template
/// @param tokenizer of the policy
record Turns(ChatRenderer renderer, Tokenizer tokenizer) {
    /// Stands for what the policy said, whatever that was.
    private static final String SAID = "what was said";

    /// The ids that follow a turn of the policy: the rest of what its turn ends with, the
    /// observation, and what its next turn begins with.
    ///
    /// @param prompt what the episode began with
    /// @param last id that the policy drew
    /// @throws AlignException.Model where the template refuses the observation or changes what is
    ///     before it
    int[] between(Conversation prompt, int last, List<Message> observation) {
        List<Message> messages = new ArrayList<>(prompt.messages());
        messages.add(Message.assistant(SAID));
        String before = renderer.render(new Conversation(messages, prompt.tools()), false)
                .text();
        messages.addAll(observation);
        String whole = renderer.render(new Conversation(messages, prompt.tools()), true)
                .text();
        int said = before.lastIndexOf(SAID);
        if (said < 0 || !whole.startsWith(before)) {
            throw new AlignException.Model(
                    "environment: the chat template writes turns before an observation anew, so that what was drawn can't"
                            + " stay; use a template that only adds turns at the end, such as ChatML");
        }
        String rest = before.substring(said + SAID.length());
        String end = tokenizer.token(last);
        // the turn's end, where the policy drew it, is there already
        int ended = tokenizer.isSpecial(last) ? rest.indexOf(end) : -1;
        return tokenizer.encodeContinuation(
                (ended < 0 ? rest : rest.substring(ended + end.length())) + whole.substring(before.length()));
    }
}

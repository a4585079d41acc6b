package org.align4j.cli;

import org.align4j.data.Message;
import org.align4j.data.Prompt;

/// A prompt as a data file has it.
final class JsonPrompt {
    private JsonPrompt() {}

    /// A text, or a list of messages.
    ///
    /// @param chat whether the model read it as a conversation
    static Object of(Prompt prompt, boolean chat) {
        if (!chat && prompt.text().isPresent()) {
            return prompt.text().get();
        }
        return prompt.conversation().messages().stream().map(Message::fields).toList();
    }
}

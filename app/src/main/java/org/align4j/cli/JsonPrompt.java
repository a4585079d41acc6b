package org.align4j.cli;

import java.util.List;
import java.util.Map;
import org.align4j.data.Message;
import org.align4j.data.Prompt;

/// A prompt as a data file has it.
final class JsonPrompt {
    private JsonPrompt() {}

    /// Puts what a model read into `row`: the text, or as `prompt` the messages, with `tools` where
    /// there are some.
    ///
    /// @param chat whether it read a conversation
    static void put(Map<String, Object> row, Prompt prompt, boolean chat) {
        if (!chat && prompt.text().isPresent()) {
            row.put("prompt", prompt.text().get());
            return;
        }
        row.put(
                "prompt",
                prompt.conversation().messages().stream().map(Message::fields).toList());
        List<Map<String, Object>> tools = prompt.conversation().tools();
        if (!tools.isEmpty()) {
            row.put("tools", tools);
        }
    }
}

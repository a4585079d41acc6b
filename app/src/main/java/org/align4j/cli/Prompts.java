package org.align4j.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.tokenizer.ChatTemplate;

/// Turns what a user says into the ids that a model goes on from.
final class Prompts {
    private final LoadedModel model;
    private final PrintWriter err;

    /// @param err told, once, where a model has no chat template
    Prompts(LoadedModel model, PrintWriter err) {
        this.model = model;
        this.err = err;
    }

    /// One prompt, in the model's chat template if it has one, unless it is to stay raw.
    int[] generate(String prompt, Optional<String> system, boolean raw) {
        if (raw) {
            return ids(system.map(text -> text + "\n").orElse("") + prompt);
        }
        if (model.template().isEmpty()) {
            err.println("align4j: warning: " + model.source().path()
                    + " has no chat template; going on from the prompt as it is (--raw says that this is wanted)");
            err.flush();
            return generate(prompt, system, true);
        }
        List<Map<String, String>> messages = new ArrayList<>();
        system.ifPresent(text -> messages.add(message("system", text)));
        messages.add(message("user", prompt));
        return conversation(messages, model.template().get());
    }

    /// A conversation whose next turn is the assistant's.
    int[] conversation(List<Map<String, String>> messages, ChatTemplate template) {
        return ids(template.render(messages, ChatTemplate.Options.prompt()).text());
    }

    private int[] ids(String text) {
        return model.tokenizer().encodePrompt(text);
    }

    static Map<String, String> message(String role, String content) {
        return Map.of("role", role, "content", content);
    }

    /// The longest answer: what was asked for, or what the model has positions left for. At least
    /// 1, so that a prompt that fills them is refused with the reason.
    static int room(LoadedModel model, int[] prompt, int asked) {
        return Math.min(asked, Math.max(1, model.model().architecture().maxPositions() - prompt.length));
    }
}

package org.align4j.pipeline.constitution;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.align4j.data.Conversation;
import org.align4j.data.Message;

/// What a model is asked, as conversations: critiques, revisions, comparisons and ratings. Critique
/// and revision go on with the conversation that they are about, as in Bai et al. 2022, section 3;
/// demonstrations are earlier turns, the same for all prompts.
public final class Requests {
    private static final Pattern PLACE = Pattern.compile("\\{(prompt|first|second|question|response)}");

    private final Constitution constitution;
    private final List<Message> shown;
    private final boolean criticises;

    /// @param demonstrations how many are shown, at most
    /// @param criticises whether revisions follow a critique
    public Requests(Constitution constitution, int demonstrations, boolean criticises) {
        this.constitution = constitution;
        this.criticises = criticises;
        this.shown = constitution.demonstrations().stream()
                .limit(demonstrations)
                .flatMap(each -> {
                    Principle principle = constitution.principle(each.principle());
                    List<Message> turns =
                            new ArrayList<>(List.of(Message.user(each.prompt()), Message.assistant(each.response())));
                    if (criticises) {
                        turns.add(Message.user(principle.critique()));
                        turns.add(Message.assistant(each.critique()));
                    }
                    turns.add(Message.user(principle.revision()));
                    turns.add(Message.assistant(each.revision()));
                    return turns.stream();
                })
                .toList();
    }

    /// The prompt itself.
    public static Conversation response(String prompt) {
        return Conversation.of(Message.user(prompt));
    }

    /// Asks what is wrong with a response.
    public Conversation critique(String prompt, String response, Principle principle) {
        return after(Message.user(prompt), Message.assistant(response), Message.user(principle.critique()));
    }

    /// Asks for a better response.
    ///
    /// @param critique ignored where revisions follow none
    public Conversation revision(String prompt, String response, Principle principle, String critique) {
        return criticises
                ? after(
                        Message.user(prompt),
                        Message.assistant(response),
                        Message.user(principle.critique()),
                        Message.assistant(critique),
                        Message.user(principle.revision()))
                : after(Message.user(prompt), Message.assistant(response), Message.user(principle.revision()));
    }

    /// Asks which of two responses is better; answered by one of the wording's letters.
    public Conversation comparison(String prompt, String first, String second, Principle principle) {
        return Conversation.of(
                Message.user(filled(constitution.wording().comparison(), prompt, first, second, principle)));
    }

    /// Asks for thoughts about which is better.
    public Conversation reasoning(String prompt, String first, String second, Principle principle) {
        return Conversation.of(
                Message.user(filled(constitution.wording().reasoning(), prompt, first, second, principle)));
    }

    /// Asks for the letter after the thoughts.
    public Conversation verdict(String prompt, String first, String second, Principle principle, String thoughts) {
        return Conversation.of(
                Message.user(filled(constitution.wording().reasoning(), prompt, first, second, principle)),
                Message.assistant(thoughts),
                Message.user(constitution.wording().verdict()));
    }

    /// Asks what one response is worth; answered by one of the wording's ratings.
    public Conversation rating(String prompt, String response) {
        return Conversation.of(
                Message.user(filled(constitution.wording().rating(), Map.of("prompt", prompt, "response", response))));
    }

    /// What the wording calls the two answers.
    public List<String> letters() {
        return constitution.wording().letters();
    }

    private Conversation after(Message... turns) {
        List<Message> all = new ArrayList<>(shown);
        all.addAll(List.of(turns));
        return new Conversation(all, List.of());
    }

    private static String filled(String text, String prompt, String first, String second, Principle principle) {
        return filled(
                text, Map.of("prompt", prompt, "first", first, "second", second, "question", principle.comparison()));
    }

    /// Places that have no value stay as they are.
    private static String filled(String text, Map<String, String> values) {
        return PLACE.matcher(text)
                .replaceAll(place -> Matcher.quoteReplacement(values.getOrDefault(place.group(1), place.group())));
    }
}

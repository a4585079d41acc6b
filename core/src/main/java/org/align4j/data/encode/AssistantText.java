package org.align4j.data.encode;

import java.util.ArrayList;
import java.util.List;
import org.align4j.data.Conversation;
import org.align4j.data.Message;
import org.align4j.error.AlignException;

/// Finds what the assistant says in the text of a conversation.
///
/// A template that marks its generated text is believed. For the others each turn is what the
/// conversation gains by it: the text of the turns up to and with this one, less the text of those
/// before it with the generation prompt, as it is when the model answers. That holds where the text
/// of a beginning is the beginning of the text. Templates that rewrite earlier turns (dropping
/// their reasoning) need the turn's content found after its beginning and followed by what follows
/// it in the shorter text. Where neither holds the conversation is refused rather than trained
/// wrongly.
final class AssistantText {
    private static final String END_OF_REASONING = "</think>";

    private final ChatRenderer renderer;
    private final Conversation conversation;
    private final String full;

    private AssistantText(ChatRenderer renderer, Conversation conversation, String full) {
        this.renderer = renderer;
        this.conversation = conversation;
        this.full = full;
    }

    /// The text with the trained turns marked.
    ///
    /// @throws AlignException.Data when the turns cannot be told apart
    static MarkedText of(ChatRenderer renderer, Conversation conversation) {
        MarkedText rendered = renderer.render(conversation, false);
        if (!rendered.trained().isEmpty()) {
            return new MarkedText(rendered.text(), marked(conversation, rendered.trained()));
        }
        AssistantText text = new AssistantText(renderer, conversation, rendered.text());
        List<TextSpan> spans = new ArrayList<>();
        for (int turn = 0; turn < conversation.messages().size(); turn++) {
            if (conversation.messages().get(turn).trained()) {
                spans.add(text.turn(turn));
            }
        }
        return new MarkedText(rendered.text(), spans);
    }

    private static List<TextSpan> marked(Conversation conversation, List<TextSpan> spans) {
        List<Message> assistant =
                conversation.messages().stream().filter(Message::isAssistant).toList();
        if (assistant.stream().allMatch(Message::trained)) {
            return spans;
        }
        if (spans.size() != assistant.size()) {
            throw new AlignException.Data("the template marks " + spans.size() + " stretches for " + assistant.size()
                    + " assistant turns, so that weights cannot be applied; remove the weights");
        }
        List<TextSpan> trained = new ArrayList<>();
        for (int i = 0; i < spans.size(); i++) {
            if (assistant.get(i).trained()) {
                trained.add(spans.get(i));
            }
        }
        return trained;
    }

    private TextSpan turn(int turn) {
        String content = visible(conversation.messages().get(turn).content());
        String upToHere = renderer.render(conversation.first(turn + 1), false).text();
        int start = start(turn, content);
        if (full.startsWith(upToHere) && start <= upToHere.length()) {
            return new TextSpan(start, upToHere.length());
        }
        int inShorter = upToHere.lastIndexOf(content);
        int inFull = full.indexOf(content, start);
        if (content.isEmpty() || inShorter < 0 || inFull < 0) {
            throw unclear(turn);
        }
        String ending = upToHere.substring(inShorter + content.length());
        int end = inFull + content.length();
        if (!full.startsWith(ending, end)) {
            throw unclear(turn);
        }
        return new TextSpan(start, end + ending.length());
    }

    /// Where the assistant begins to speak.
    private int start(int turn, String content) {
        if (turn == 0) {
            int found = full.indexOf(content);
            if (content.isEmpty() || found < 0) {
                throw unclear(turn);
            }
            return found;
        }
        String prompt = renderer.render(conversation.first(turn), true).text();
        if (full.startsWith(prompt)) {
            return prompt.length();
        }
        // The generation prompt may open reasoning that this turn does not have.
        String before = renderer.render(conversation.first(turn), false).text();
        int shared = sharedPrefix(prompt, full);
        int found = full.indexOf(content, before.length());
        if (shared < before.length() || content.isEmpty() || found < 0) {
            throw unclear(turn);
        }
        return Math.min(shared, found);
    }

    /// What templates keep of a turn's content: not the reasoning, nor white space around it.
    private static String visible(String content) {
        int reasoned = content.lastIndexOf(END_OF_REASONING);
        return (reasoned < 0 ? content : content.substring(reasoned + END_OF_REASONING.length())).strip();
    }

    private static int sharedPrefix(String a, String b) {
        int length = 0;
        while (length < Math.min(a.length(), b.length()) && a.charAt(length) == b.charAt(length)) {
            length++;
        }
        return length;
    }

    private static AlignException unclear(int turn) {
        return new AlignException.Data("the assistant's turn " + turn + " cannot be found in the template's text; use a"
                + " template with {% generation %} marks, or train on all tokens with data.loss_on: all");
    }
}

package org.align4j.data.doctor;

import java.util.List;
import java.util.stream.Collectors;
import org.align4j.data.Conversation;
import org.align4j.data.Example;
import org.align4j.data.Message;
import org.align4j.data.Source;
import org.align4j.data.rows.Row;

/// An example as texts.
///
/// @param prompt what is given; empty for text to go on with
/// @param completion what is learned
/// @param task the row's column `task`; the file where it has none
/// @param answers whether the completion is an answer: a row's `method` may say that it is a
///     question
record Specimen(String prompt, String completion, String task, String language, boolean answers, Source source) {
    static Specimen of(Row row, Example example) {
        String task = row.fields().get("task") instanceof String named ? named : row.file();
        return switch (example) {
            case Example.PromptCompletion pair ->
                of(
                        pair.system().isEmpty() ? pair.prompt() : pair.system() + "\n" + pair.prompt(),
                        pair.completion(),
                        task,
                        row);
            case Example.PlainText text -> of("", text.text(), task, row);
            case Example.Answered answered -> of(answered.prompt().answered(answered.completion()), task, row);
            case Example.Chat chat -> of(chat.conversation(), task, row);
        };
    }

    private static Specimen of(Conversation conversation, String task, Row row) {
        List<Message> messages = conversation.messages();
        int last = messages.size() - 1;
        while (last > 0 && !messages.get(last).isAssistant()) {
            last--;
        }
        String before = messages.subList(0, last).stream()
                .map(message -> message.role() + ": " + message.content())
                .collect(Collectors.joining("\n"));
        return of(before, messages.get(last).content(), task, row);
    }

    private static Specimen of(String prompt, String completion, String task, Row row) {
        String language = row.fields().get("language") instanceof String named && !named.isBlank()
                ? named
                : Script.of(prompt + completion);
        boolean answers = !(row.fields().get("method") instanceof String method) || method.equals("plain");
        return new Specimen(prompt, completion, task, language, answers, row.source());
    }

    String text() {
        return prompt.isEmpty() ? completion : prompt + "\n" + completion;
    }
}

package org.align4j.pipeline.synthetic;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.align4j.teacher.Question;
import org.align4j.teacher.Reply;
import org.align4j.teacher.Teacher;

/// A teacher whose answers a test scripts.
final class ScriptedTeacher implements Teacher {
    static final Synthesis.Watch NOBODY = new Synthesis.Watch(made -> {}, () -> false);

    private final BiFunction<String, Integer, String> script;
    private int asked;

    /// @param script from the question's text and its number to an answer; empty: a failure
    ScriptedTeacher(BiFunction<String, Integer, String> script) {
        this.script = script;
    }

    int asked() {
        return asked;
    }

    @Override
    public String name() {
        return "scripted";
    }

    @Override
    public List<Reply> ask(List<Question> questions, Progress progress) {
        List<Reply> replies = new ArrayList<>();
        for (Question question : questions) {
            String text =
                    script.apply(question.conversation().messages().getLast().content(), asked++);
            Reply reply = text.isEmpty()
                    ? new Reply.Failure("429 until the last retry")
                    : new Reply.Answer(text, !text.endsWith("…"), new Reply.Usage(10, 5));
            progress.listener().replied(replies.size(), reply);
            replies.add(reply);
        }
        return replies;
    }

    @Override
    public List<Reply> choose(List<Question> questions, List<String> choices, Progress progress) {
        throw new UnsupportedOperationException("nothing is chosen here");
    }

    @Override
    public void close() {}
}

package org.align4j.rl.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.align4j.data.Conversation;
import org.align4j.data.Message;
import org.align4j.data.Prompt;
import org.align4j.error.AlignException;
import org.align4j.teacher.CachedTeacher;
import org.align4j.teacher.Question;
import org.align4j.teacher.Reply;
import org.align4j.teacher.Teacher;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JudgeRewardTest {
    @TempDir
    Path folder;

    /// Says what it was told to, in turns, and keeps what it was asked.
    private static final class Scripted implements Teacher {
        private final List<Reply> replies;
        private final List<String> asked = new ArrayList<>();

        Scripted(Reply... replies) {
            this.replies = List.of(replies);
        }

        @Override
        public String name() {
            return "scripted";
        }

        @Override
        public List<Reply> ask(List<Question> questions, Progress progress) {
            List<Reply> given = new ArrayList<>();
            for (Question question : questions) {
                Reply reply = replies.get(asked.size());
                asked.add(question.conversation().messages().getFirst().content());
                progress.listener().replied(given.size(), reply);
                given.add(reply);
            }
            return given;
        }

        @Override
        public List<Reply> choose(List<Question> questions, List<String> choices, Progress progress) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    private static Reply says(String text) {
        return new Reply.Answer(text, true, Reply.Usage.NONE);
    }

    private static RewardRule.Judge rule(String instructions) {
        return new RewardRule.Judge("nobody", "", "", 1, Path.of("cache"), instructions, 1, 5, 20);
    }

    private static Attempt attempt(String response) {
        return new Attempt("<user>Why?", response, 3, true, Map.of("topic", "rain $1"), Prompt.of("", "Why?"));
    }

    @Test
    void marksBecomeRewardsAndWhatIsNoMarkIsUnknown() {
        Scripted teacher = new Scripted(
                says("Good. Rating: 5"), says("[[3]]"), says("fine"), says("Rating: 9"), new Reply.Failure("gone"));
        JudgeReward judge = new JudgeReward(teacher, rule("{answer}"));
        double[] rewards = judge.of(List.of(attempt("a"), attempt("b"), attempt("c"), attempt("d"), attempt("e")));
        assertThat(rewards).containsExactly(1, 0.5, Double.NaN, Double.NaN, Double.NaN);
    }

    @Test
    void instructionsHavePromptAnswerAndColumns() {
        Scripted teacher = new Scripted(says("1"), says("1"));
        JudgeReward judge = new JudgeReward(teacher, rule("About {topic}, {nothing}: {prompt} -> {answer}"));
        Attempt turns = new Attempt(
                "",
                "{topic}",
                1,
                true,
                Map.of(),
                Prompt.of(Conversation.of(Message.system("Be kind."), Message.user("Why?"))));
        judge.of(List.of(attempt("It $2 is."), turns));
        assertThat(teacher.asked)
                .containsExactly(
                        "About rain $1, {nothing}: Why? -> It $2 is.",
                        "About {topic}, {nothing}: system: Be kind.\nuser: Why? -> {topic}");
    }

    @Test
    void marksAreFoundInReplies() {
        for (String reply : List.of(
                "7",
                " 7/10. ",
                "Rating: 7",
                "The score is **7**",
                "score 3, no: Score = 7",
                "[[7]] of rating 3",
                "I give it a grade of 7")) {
            assertThat(JudgeReward.mark(reply)).as(reply).isEqualTo(OptionalDouble.of(7));
        }
        for (String reply : List.of("", "seven", "It has 7 words", "Rating:\n\n7", "[[x]]")) {
            assertThat(JudgeReward.mark(reply)).as(reply).isEmpty();
        }
    }

    @Test
    void repliesAreKept() {
        Scripted teacher = new Scripted(says("Rating: 2"));
        for (int time = 0; time < 2; time++) {
            JudgeReward judge = new JudgeReward(new CachedTeacher(teacher, folder), rule("{answer}"));
            assertThat(judge.of(List.of(attempt("a"), attempt("a")))).containsExactly(0.25, 0.25);
        }
        assertThat(teacher.asked).hasSize(1);
    }

    @Test
    void settingsThatCannotBeAreRefused() {
        assertThatThrownBy(() -> rule("Rate it.")).hasMessageContaining("{answer}");
        assertThatThrownBy(() -> new RewardRule.Judge("http://localhost:1/v1", "", "", 1, folder, "{answer}", 1, 5, 20)
                        .function(DType.FLOAT32, Device.CPU))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("needs model");
    }
}

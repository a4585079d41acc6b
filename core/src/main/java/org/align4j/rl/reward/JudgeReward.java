package org.align4j.rl.reward;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.align4j.data.Conversation;
import org.align4j.data.Message;
import org.align4j.error.AlignException;
import org.align4j.teacher.CachedTeacher;
import org.align4j.teacher.Question;
import org.align4j.teacher.Reply;
import org.align4j.teacher.Teacher;
import org.align4j.teacher.TeacherConfig;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;

/// A language model that gives answers marks. Replies that name no mark, and questions that fail,
/// are NaN: unknown, not bad.
///
/// @param teacher that is asked
/// @param rule how it is asked and what its marks mean
record JudgeReward(Teacher teacher, RewardRule.Judge rule) implements RewardFunction {
    private static final Pattern MARK =
            Pattern.compile("(?i)\\b(?:score|rating|mark|grade)\\b[^\\d\\n-]{0,12}(-?\\d+(?:\\.\\d+)?)");
    private static final Pattern BRACKETED = Pattern.compile("\\[\\[(-?\\d+(?:\\.\\d+)?)\\]\\]");
    private static final Pattern ALONE = Pattern.compile("\\s*(-?\\d+(?:\\.\\d+)?)(?:\\s*/\\s*\\d+)?\\s*\\.?\\s*");
    private static final Pattern SLOT = Pattern.compile("\\{(\\w+)\\}");

    /// Opens the teacher. The weights of a local one belong to the scope that is open.
    ///
    /// @throws AlignException.Config for a server without a model's name
    static JudgeReward of(RewardRule.Judge rule, DType dtype, Device device) {
        return new JudgeReward(new CachedTeacher(teacher(rule, dtype, device).open(), rule.cache()), rule);
    }

    private static TeacherConfig teacher(RewardRule.Judge rule, DType dtype, Device device) {
        if (!rule.teacher().matches("https?://.*")) {
            return new TeacherConfig.Local(Path.of(rule.teacher()), dtype, device.toString());
        }
        if (rule.model().isEmpty()) {
            throw new AlignException.Config(
                    "rewards: a judge at " + rule.teacher() + " needs model, the name that the server knows");
        }
        TeacherConfig.Server usual = TeacherConfig.Server.defaults(rule.teacher(), rule.model());
        return new TeacherConfig.Server(
                usual.url(),
                usual.model(),
                rule.keyVariable(),
                rule.concurrency(),
                usual.requestsPerMinute(),
                usual.retries(),
                usual.timeoutSeconds(),
                usual.backoffMillis(),
                usual.tokenBudget());
    }

    @Override
    public double[] of(List<Attempt> attempts) {
        List<Question> questions = attempts.stream().map(this::question).toList();
        List<Reply> replies = new ArrayList<>(teacher.ask(questions, Teacher.Progress.SILENT));
        double[] rewards = new double[attempts.size()];
        Arrays.setAll(rewards, i -> replies.get(i) instanceof Reply.Answer answer ? reward(answer.text()) : Double.NaN);
        return rewards;
    }

    private Question question(Attempt attempt) {
        String text = SLOT.matcher(rule.instructions())
                .replaceAll(slot -> Matcher.quoteReplacement(
                        switch (slot.group(1)) {
                            case "prompt" -> asked(attempt);
                            case "answer" -> attempt.response();
                            default -> attempt.field(slot.group(1)).orElse(slot.group());
                        }));
        return Question.greedy(Conversation.of(Message.user(text)), rule.maxTokens());
    }

    /// The prompt as in the data: one turn is its text, several say who speaks.
    private static String asked(Attempt attempt) {
        List<Message> messages = attempt.asked().conversation().messages();
        return messages.size() == 1
                ? messages.getFirst().content()
                : messages.stream()
                        .map(message -> message.role() + ": " + message.content())
                        .collect(Collectors.joining("\n"));
    }

    private double reward(String reply) {
        OptionalDouble mark = mark(reply);
        return mark.isPresent() && mark.getAsDouble() >= rule.least() && mark.getAsDouble() <= rule.most()
                ? (mark.getAsDouble() - rule.least()) / (rule.most() - rule.least())
                : Double.NaN;
    }

    /// The mark that a reply names: the last `[[7]]`, the last number after "score", "rating",
    /// "mark" or "grade", or a reply that is only a number.
    static OptionalDouble mark(String reply) {
        for (Pattern form : List.of(BRACKETED, MARK)) {
            Matcher matcher = form.matcher(reply);
            OptionalDouble last = OptionalDouble.empty();
            while (matcher.find()) {
                last = OptionalDouble.of(Double.parseDouble(matcher.group(1)));
            }
            if (last.isPresent()) {
                return last;
            }
        }
        Matcher alone = ALONE.matcher(reply);
        return alone.matches() ? OptionalDouble.of(Double.parseDouble(alone.group(1))) : OptionalDouble.empty();
    }

    @Override
    public void close() {
        teacher.close();
    }
}

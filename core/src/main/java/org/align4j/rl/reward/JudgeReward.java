package org.align4j.rl.reward;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.Conversation;
import org.align4j.data.Message;
import org.align4j.error.AlignException;
import org.align4j.teacher.CachedTeacher;
import org.align4j.teacher.LocalTeacher;
import org.align4j.teacher.Question;
import org.align4j.teacher.Reply;
import org.align4j.teacher.ServerConfig;
import org.align4j.teacher.ServerTeacher;
import org.align4j.teacher.Teacher;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;

/// A language model that gives answers marks. Replies that name no mark, and questions that fail,
/// are NaN: unknown, not bad.
///
/// @param teacher that is asked
/// @param rule how it is asked and what its marks mean
/// @param model of a local teacher
record JudgeReward(Teacher teacher, RewardRule.Judge rule, Optional<LoadedModel> model) implements RewardFunction {
    private static final Pattern MARK =
            Pattern.compile("(?i)\\b(?:score|rating|mark|grade)\\b[^\\d\\n-]{0,12}(-?\\d+(?:\\.\\d+)?)");
    private static final Pattern BRACKETED = Pattern.compile("\\[\\[(-?\\d+(?:\\.\\d+)?)\\]\\]");
    private static final Pattern ALONE = Pattern.compile("\\s*(-?\\d+(?:\\.\\d+)?)(?:\\s*/\\s*\\d+)?\\s*\\.?\\s*");
    private static final Pattern SLOT = Pattern.compile("\\{(\\w+)\\}");

    /// Opens the teacher. The weights of a local one belong to the scope that is open.
    ///
    /// @throws AlignException.Config for a server without a model's name
    static JudgeReward of(RewardRule.Judge rule, DType dtype, Device device) {
        if (rule.teacher().matches("https?://.*")) {
            if (rule.model().isEmpty()) {
                throw new AlignException.Config(
                        "rewards: a judge at " + rule.teacher() + " needs model, the name that the server knows");
            }
            ServerConfig defaults = ServerConfig.of(rule.teacher(), rule.model());
            ServerConfig config = new ServerConfig(
                    rule.teacher(),
                    rule.model(),
                    rule.keyVariable(),
                    rule.concurrency(),
                    defaults.requestsPerMinute(),
                    defaults.retries(),
                    defaults.timeoutSeconds(),
                    defaults.backoffMillis(),
                    defaults.tokenBudget());
            return new JudgeReward(new CachedTeacher(new ServerTeacher(config), rule.cache()), rule, Optional.empty());
        }
        LoadedModel model = LoadedModel.load(Path.of(rule.teacher()), dtype, device, false);
        try {
            return new JudgeReward(new CachedTeacher(new LocalTeacher(model), rule.cache()), rule, Optional.of(model));
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
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
        model.ifPresent(LoadedModel::close);
    }
}

package org.align4j.rl.reward;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.align4j.data.Conversation;
import org.align4j.data.Message;
import org.align4j.teacher.Question;
import org.align4j.teacher.Reply;
import org.align4j.teacher.Teacher;

/// What a model says an answer is worth: direct RLAIF (Lee et al. 2023, section 2.2.2). The
/// probabilities of the choices, worst first, are normalised; the reward is the expected place,
/// from −1 for the worst to 1 for the best.
final class FeedbackReward implements RewardFunction {
    private static final Pattern PLACE = Pattern.compile("\\{(prompt|response)\\}");

    private final Teacher judge;
    private final String question;
    private final List<String> choices;

    FeedbackReward(Teacher judge, String question, List<String> choices) {
        this.judge = judge;
        this.question = question;
        this.choices = choices;
    }

    @Override
    public double[] of(List<Attempt> attempts) {
        List<Question> questions = new ArrayList<>();
        for (Attempt attempt : attempts) {
            List<Message> turns = attempt.asked().conversation().messages();
            String prompt = turns.getLast().content();
            questions.add(Question.greedy(Conversation.of(Message.user(filled(prompt, attempt.response()))), 1));
        }
        return judge.choose(questions, choices, Teacher.Progress.SILENT).stream()
                .mapToDouble(this::reward)
                .toArray();
    }

    private String filled(String prompt, String response) {
        return PLACE.matcher(question)
                .replaceAll(place -> Matcher.quoteReplacement(place.group(1).equals("prompt") ? prompt : response));
    }

    /// NaN where the judge said none of the choices.
    private double reward(Reply reply) {
        if (!(reply instanceof Reply.Choice(Map<String, Double> logps, Reply.Usage _))) {
            return Double.NaN;
        }
        double sum = 0;
        double place = 0;
        for (int i = 0; i < choices.size(); i++) {
            double probability = Math.exp(logps.getOrDefault(choices.get(i), Double.NEGATIVE_INFINITY));
            sum += probability;
            place += probability * i;
        }
        return 2 * place / sum / (choices.size() - 1) - 1;
    }

    @Override
    public void close() {
        judge.close();
    }
}

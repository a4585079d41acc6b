package org.align4j.pipeline.cai;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.align4j.pipeline.constitution.Requests;
import org.align4j.pipeline.synthetic.Statistics;
import org.align4j.teacher.Question;

/// Two different answers to a prompt.
///
/// @param id `p3-1` for the first pair of prompt `p3`
record AnswerPair(String id, String prompt, String first, String second) {
    /// Pairs that the SL-CAI model answers with, all together; equal answers are left out and
    /// counted.
    static List<AnswerPair> asked(CaiConfig config, List<RedTeamPrompt> prompts, Asker asker, Statistics.Tally tally) {
        CaiConfig.Comparisons how = config.comparisons();
        int each = 2 * how.pairs();
        List<Question> questions = prompts.stream()
                .flatMap(prompt -> IntStream.range(0, each)
                        .mapToObj(i -> new Question(
                                Requests.response(prompt.prompt()),
                                how.maxTokens(),
                                how.temperature(),
                                List.of(),
                                config.seed() * 1_000_003 + i)))
                .toList();
        List<Asker.Text> texts = asker.texts("answers", Asker.Cut.KEEP, questions);
        List<AnswerPair> pairs = new ArrayList<>();
        for (int p = 0; p < prompts.size(); p++) {
            for (int i = 0; i < how.pairs(); i++) {
                Asker.Text first = texts.get(p * each + 2 * i);
                Asker.Text second = texts.get(p * each + 2 * i + 1);
                String id = prompts.get(p).id() + "-" + (i + 1);
                if (first.text().isEmpty() || second.text().isEmpty()) {
                    tally.reject("pair without two answers", id + ": " + first.reason() + second.reason());
                } else if (first.text().equals(second.text())) {
                    tally.reject(
                            "pair of equal answers", id + ": " + first.text().get());
                } else {
                    pairs.add(new AnswerPair(
                            id,
                            prompts.get(p).prompt(),
                            first.text().get(),
                            second.text().get()));
                }
            }
        }
        return pairs;
    }
}

package org.align4j.pipeline.cai;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.align4j.pipeline.constitution.Constitution;
import org.align4j.pipeline.constitution.Principle;
import org.align4j.pipeline.constitution.Requests;
import org.align4j.pipeline.constitution.SoftLabel;
import org.align4j.random.CounterRandom;
import org.align4j.teacher.Question;

/// AI feedback (Bai et al. 2022, section 4.1): a model says by a principle which of two answers is
/// better, as a multiple choice. Each pair is asked about by several principles and in both
/// orders; all questions of a stage are asked together. Or it marks each answer alone.
final class Feedback {
    private static final int ORDERS = 2;

    private final Constitution constitution;
    private final CaiConfig.Comparisons how;
    private final Asker asker;
    private final Requests requests;
    private final long seed;

    Feedback(Constitution constitution, CaiConfig.Comparisons how, Asker asker, long seed) {
        this.constitution = constitution;
        this.how = how;
        this.asker = asker;
        this.requests = new Requests(constitution, 0, false);
        this.seed = seed;
    }

    /// A pair by a principle in an order.
    private record Asked(int pair, Principle principle, boolean swapped) {}

    /// The opinions about all pairs.
    List<Comparison> about(List<AnswerPair> pairs) {
        return how.marks() ? marked(pairs) : compared(pairs);
    }

    /// Each answer is marked alone.
    private List<Comparison> marked(List<AnswerPair> pairs) {
        List<Question> questions = pairs.stream()
                .flatMap(pair -> Stream.of(pair.first(), pair.second())
                        .map(answer -> Question.greedy(requests.rating(pair.prompt(), answer), 1)))
                .toList();
        List<String> marks = constitution.wording().ratings();
        List<Optional<Map<String, Double>>> said = asker.letters("feedback", questions, marks, how.leastMass());
        List<Comparison> comparisons = new ArrayList<>();
        for (int p = 0; p < pairs.size(); p++) {
            Optional<Map<String, Double>> first = said.get(2 * p);
            Optional<Map<String, Double>> second = said.get(2 * p + 1);
            comparisons.add(comparison(
                    pairs.get(p),
                    first.isPresent() && second.isPresent()
                            ? List.of(Comparison.Opinion.ofMarks(SoftLabel.higher(first.get(), second.get(), marks)))
                            : List.of()));
        }
        return comparisons;
    }

    private List<Comparison> compared(List<AnswerPair> pairs) {
        List<Asked> asked = new ArrayList<>();
        CounterRandom random = CounterRandom.of(seed, "principles of feedback");
        for (int p = 0; p < pairs.size(); p++) {
            for (Principle principle : constitution.draw(how.principles(), random.at(p))) {
                asked.add(new Asked(p, principle, false));
                asked.add(new Asked(p, principle, true));
            }
        }
        List<Asker.Text> thoughts = how.thoughts() ? thoughts(pairs, asked) : List.of();
        List<Question> questions = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            questions.add(question(
                    pairs,
                    asked.get(i),
                    thoughts.isEmpty() ? Optional.empty() : thoughts.get(i).text()));
        }
        List<Optional<Map<String, Double>>> said =
                asker.letters("feedback", questions, requests.letters(), how.leastMass());
        List<List<Comparison.Opinion>> opinions = new ArrayList<>();
        pairs.forEach(pair -> opinions.add(new ArrayList<>()));
        for (int i = 0; i < asked.size(); i += ORDERS) {
            if (said.get(i).isPresent() && said.get(i + 1).isPresent()) {
                opinions.get(asked.get(i).pair())
                        .add(opinion(
                                asked.get(i).principle(),
                                said.get(i).get(),
                                said.get(i + 1).get(),
                                thoughts.isEmpty() ? List.of() : thoughts.subList(i, i + ORDERS)));
            }
        }
        List<Comparison> comparisons = new ArrayList<>();
        for (int p = 0; p < pairs.size(); p++) {
            comparisons.add(comparison(pairs.get(p), opinions.get(p)));
        }
        return comparisons;
    }

    private List<Asker.Text> thoughts(List<AnswerPair> pairs, List<Asked> asked) {
        List<Question> questions = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            AnswerPair pair = pairs.get(asked.get(i).pair());
            boolean swapped = asked.get(i).swapped();
            questions.add(new Question(
                    requests.reasoning(
                            pair.prompt(),
                            swapped ? pair.second() : pair.first(),
                            swapped ? pair.first() : pair.second(),
                            asked.get(i).principle()),
                    how.maxTokens(),
                    0,
                    List.of(),
                    seed));
        }
        return asker.texts("thoughts", Asker.Cut.TRIM, questions);
    }

    private Question question(List<AnswerPair> pairs, Asked asked, Optional<String> thoughts) {
        AnswerPair pair = pairs.get(asked.pair());
        String first = asked.swapped() ? pair.second() : pair.first();
        String second = asked.swapped() ? pair.first() : pair.second();
        return Question.greedy(
                thoughts.map(text -> requests.verdict(pair.prompt(), first, second, asked.principle(), text))
                        .orElseGet(() -> requests.comparison(pair.prompt(), first, second, asked.principle())),
                1);
    }

    private Comparison.Opinion opinion(
            Principle principle, Map<String, Double> first, Map<String, Double> second, List<Asker.Text> thoughts) {
        double asFirst = SoftLabel.logOdds(first, requests.letters());
        double asSecond = SoftLabel.logOdds(second, requests.letters());
        double probability = SoftLabel.unbiased(asFirst, asSecond);
        return new Comparison.Opinion(
                principle.id(),
                asFirst,
                asSecond,
                how.thoughts() ? SoftLabel.clamped(probability, how.clamp()) : probability,
                SoftLabel.positionBias(asFirst, asSecond),
                thoughts.stream().map(text -> text.text().orElse("")).toList());
    }

    private static Comparison comparison(AnswerPair pair, List<Comparison.Opinion> opinions) {
        OptionalDouble mean =
                opinions.stream().mapToDouble(Comparison.Opinion::probability).average();
        return new Comparison(
                pair.id(),
                pair.prompt(),
                pair.first(),
                pair.second(),
                opinions,
                mean.orElse(0.5),
                mean.isPresent() ? Optional.empty() : Optional.of("the feedback model chose neither answer"));
    }
}

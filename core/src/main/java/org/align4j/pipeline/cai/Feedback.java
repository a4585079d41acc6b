package org.align4j.pipeline.cai;

import java.util.ArrayList;
import java.util.HashMap;
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
    ///
    /// @param thoughts before the verdict; empty where none were asked for
    private record Asked(AnswerPair pair, Principle principle, boolean swapped, String thoughts) {
        String first() {
            return swapped ? pair.second() : pair.first();
        }

        String second() {
            return swapped ? pair.first() : pair.second();
        }

        Asked after(String thought) {
            return new Asked(pair, principle, swapped, thought);
        }
    }

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
                asked.add(new Asked(pairs.get(p), principle, false, ""));
                asked.add(new Asked(pairs.get(p), principle, true, ""));
            }
        }
        if (how.thoughts()) {
            asked = thinking(asked);
        }
        List<Optional<Map<String, Double>>> said = asker.letters(
                "feedback", asked.stream().map(this::question).toList(), requests.letters(), how.leastMass());
        Map<AnswerPair, List<Comparison.Opinion>> opinions = new HashMap<>();
        for (int i = 0; i < asked.size(); i += ORDERS) {
            Optional<Map<String, Double>> first = said.get(i);
            Optional<Map<String, Double>> second = said.get(i + 1);
            if (first.isPresent() && second.isPresent()) {
                opinions.computeIfAbsent(asked.get(i).pair(), pair -> new ArrayList<>())
                        .add(opinion(asked.subList(i, i + ORDERS), first.get(), second.get()));
            }
        }
        return pairs.stream()
                .map(pair -> comparison(pair, opinions.getOrDefault(pair, List.of())))
                .toList();
    }

    /// With thoughts in both orders; those that have them in one order only are left out.
    private List<Asked> thinking(List<Asked> asked) {
        List<Asker.Text> thoughts = asker.texts(
                "thoughts",
                Asker.Cut.TRIM,
                asked.stream()
                        .map(each -> new Question(
                                requests.reasoning(each.pair().prompt(), each.first(), each.second(), each.principle()),
                                how.maxTokens(),
                                0,
                                List.of(),
                                seed))
                        .toList());
        List<Asked> thought = new ArrayList<>();
        for (int i = 0; i < asked.size(); i += ORDERS) {
            Optional<String> first = thoughts.get(i).text();
            Optional<String> second = thoughts.get(i + 1).text();
            if (first.isPresent() && second.isPresent()) {
                thought.add(asked.get(i).after(first.get()));
                thought.add(asked.get(i + 1).after(second.get()));
            }
        }
        return thought;
    }

    private Question question(Asked asked) {
        String prompt = asked.pair().prompt();
        return Question.greedy(
                asked.thoughts().isEmpty()
                        ? requests.comparison(prompt, asked.first(), asked.second(), asked.principle())
                        : requests.verdict(prompt, asked.first(), asked.second(), asked.principle(), asked.thoughts()),
                1);
    }

    private Comparison.Opinion opinion(List<Asked> orders, Map<String, Double> first, Map<String, Double> second) {
        double asFirst = SoftLabel.logOdds(first, requests.letters());
        double asSecond = SoftLabel.logOdds(second, requests.letters());
        double probability = SoftLabel.unbiased(asFirst, asSecond);
        return new Comparison.Opinion(
                orders.getFirst().principle().id(),
                asFirst,
                asSecond,
                how.thoughts() ? SoftLabel.clamped(probability, how.clamp()) : probability,
                SoftLabel.positionBias(asFirst, asSecond),
                how.thoughts() ? orders.stream().map(Asked::thoughts).toList() : List.of());
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

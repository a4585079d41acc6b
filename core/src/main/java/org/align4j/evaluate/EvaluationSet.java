package org.align4j.evaluate;

import java.util.List;
import org.align4j.data.Source;

/// What a model is measured on.
public sealed interface EvaluationSet {
    /// What tables call it.
    String name();

    List<?> items();

    /// Its first `most` items.
    EvaluationSet first(int most);

    /// Questions of several options, judged by the options' log-likelihoods.
    record Choices(String name, List<Choice> items) implements EvaluationSet {
        public Choices {
            items = List.copyOf(items);
        }

        @Override
        public Choices first(int most) {
            return new Choices(name, items.subList(0, Math.min(most, items.size())));
        }
    }

    /// Questions that are answered freely. Each is asked once.
    ///
    /// @param graders judge every answer
    /// @param stops end the answer to a plain question, which a model without turns would follow by
    ///     more questions
    record Questions(String name, List<Question> items, List<Grader> graders, List<String> stops)
            implements EvaluationSet {
        public Questions {
            items = List.copyOf(items);
            graders = List.copyOf(graders);
            stops = List.copyOf(stops);
        }

        @Override
        public Questions first(int most) {
            return new Questions(name, items.subList(0, Math.min(most, items.size())), graders, stops);
        }
    }

    /// Texts that a model predicts.
    record Texts(String name, List<Text> items) implements EvaluationSet {
        public Texts {
            items = List.copyOf(items);
        }

        @Override
        public Texts first(int most) {
            return new Texts(name, items.subList(0, Math.min(most, items.size())));
        }
    }

    /// One text.
    record Text(String text, Source source) {}
}

package org.align4j.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.ChatRenderer;
import org.align4j.error.AlignException;
import org.align4j.generate.DrawKey;
import org.align4j.generate.Finish;
import org.align4j.generate.Generation;
import org.align4j.generate.GenerationListener;
import org.align4j.generate.GenerationOptions;
import org.align4j.generate.GenerationRequest;
import org.align4j.generate.Generator;
import org.align4j.generate.Sampling;
import org.align4j.tensor.Scope;
import org.align4j.tokenizer.ChatTemplate;

/// Asks a model the questions of a set.
final class Asking {
    private final LoadedModel model;
    private final EvaluationSet.Questions set;
    private final Continuations continuations;
    private final BooleanSupplier interrupted;
    private final Optional<ChatRenderer> renderer;
    private final List<int[]> prompts;
    private final int maxNewTokens;
    private final Sampling sampling;

    Asking(
            LoadedModel model,
            EvaluationSettings settings,
            EvaluationSet.Questions set,
            Continuations continuations,
            BooleanSupplier interrupted) {
        this.model = model;
        this.set = set;
        this.continuations = continuations;
        this.interrupted = interrupted;
        renderer = settings.plain()
                ? Optional.empty()
                : model.template().map(template -> ChatRenderer.of(template, ChatTemplate.Options.prompt()));
        prompts = set.items().stream().map(this::prompt).toList();
        int most = model.model().architecture().maxPositions();
        int longest = prompts.stream().mapToInt(prompt -> prompt.length).max().orElse(0);
        if (longest >= most) {
            throw new AlignException.Data(set.name() + ": a question of " + longest
                    + " tokens leaves no room for an answer in the model's " + most + " positions; leave it out");
        }
        maxNewTokens = Math.min(settings.maxNewTokens(), most - longest);
        sampling = renderer.isPresent()
                ? settings.sampling()
                : settings.sampling().with(changed -> changed.stopStrings = stops(settings.sampling()));
    }

    private List<String> stops(Sampling sampling) {
        List<String> stops = new ArrayList<>(sampling.stopStrings());
        stops.addAll(set.stops());
        return stops;
    }

    /// The longest answer, all questions having the same room.
    int maxNewTokens() {
        return maxNewTokens;
    }

    private int[] prompt(Question question) {
        String text = renderer.map(
                        chat -> chat.render(question.conversation(), true).text())
                .orElse(question.plain());
        int[] ids = model.tokenizer().encodePrompt(text);
        if (ids.length == 0) {
            throw new AlignException.Data(question.source() + ": the question is empty; leave it out");
        }
        return ids;
    }

    /// What the model says to some questions, by their number; cut short when interrupted.
    Map<Integer, Answer> answers(List<Integer> items, GenerationListener listener) {
        List<GenerationRequest> requests = items.stream()
                .map(item -> new GenerationRequest(prompts.get(item), new DrawKey(0, item, 0)))
                .toList();
        List<Generation> generations;
        try (Scope scope = Scope.open()) {
            generations = new Generator(model.model(), Optional.of(model.tokenizer()), model.eosIds())
                    .generate(requests, GenerationOptions.of(sampling, maxNewTokens), listener, interrupted);
        }
        Map<Integer, Answer> answers = new TreeMap<>();
        for (int i = 0; i < items.size(); i++) {
            Generation generation = generations.get(i);
            answers.put(
                    items.get(i),
                    new Answer(
                            model.tokenizer().decode(requests.get(i).prompt(), false),
                            generation.text(),
                            generation.tokens().length,
                            generation.finish() == Finish.EOS || generation.finish() == Finish.STOP));
        }
        return answers;
    }

    /// A question followed by its reference, whose tokens are targets.
    TokenizedExample reference(int item) {
        Question question = set.items().get(item);
        String reference = question.reference().orElseThrow();
        if (renderer.isEmpty()) {
            String plain = question.plain();
            boolean parted = plain.isEmpty() || Character.isWhitespace(plain.charAt(plain.length() - 1));
            return continuations.encode(plain, parted ? reference : " " + reference, question.source());
        }
        int[] answer = model.tokenizer().encodeContinuation(reference);
        return continuations.join(prompts.get(item), answer, question.source());
    }
}

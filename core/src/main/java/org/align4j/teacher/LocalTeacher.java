package org.align4j.teacher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.Message;
import org.align4j.data.Source;
import org.align4j.data.TokenizedExample;
import org.align4j.error.AlignException;
import org.align4j.generate.DrawKey;
import org.align4j.generate.Finish;
import org.align4j.generate.Generation;
import org.align4j.generate.GenerationListener;
import org.align4j.generate.GenerationOptions;
import org.align4j.generate.GenerationRequest;
import org.align4j.generate.Generator;
import org.align4j.generate.Sampling;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.peft.ModelFingerprint;
import org.align4j.tensor.DType;
import org.align4j.tensor.Scope;
import org.align4j.tokenizer.ChatTemplate;
import org.jspecify.annotations.Nullable;

/// A model in this process. Its replies come from full batches; everything happens on the thread
/// that asks.
public final class LocalTeacher implements Teacher {
    /// Tokens of questions whose choices are weighed at once, about.
    private static final int TOKENS = 4096;

    private final LoadedModel model;
    private final boolean owned;
    private final ChatTemplate template;
    /// Empty until it is asked for: it takes reading all weights.
    private Optional<String> name = Optional.empty();

    /// @param model closed by whoever loaded it
    /// @throws AlignException.Config if it has no chat template
    public LocalTeacher(LoadedModel model) {
        this(model, false);
    }

    /// @param owned whether the model is closed with the teacher
    LocalTeacher(LoadedModel model, boolean owned) {
        this.model = model;
        this.owned = owned;
        template = model.template()
                .orElseThrow(() -> new AlignException.Config(model.source().path()
                        + ": this model has no chat template, so it can't be asked; use a model with one"));
    }

    /// Also by what is in the model's files: replies that are kept are no other model's.
    static String name(Path model, DType dtype) {
        String files = HexFormat.of().toHexDigits(ModelFingerprint.of(model).hashCode());
        return model + " in " + dtype + " (" + files + ")";
    }

    @Override
    public String name() {
        String known =
                name.orElseGet(() -> name(model.source().path(), model.model().dtype()));
        name = Optional.of(known);
        return known;
    }

    /// What questions must have in common to be answered in one batch.
    private record Kind(int maxTokens, double temperature, List<String> stop) {}

    @Override
    public List<Reply> ask(List<Question> questions, Progress progress) {
        Map<Kind, List<Integer>> kinds = new LinkedHashMap<>();
        for (int i = 0; i < questions.size(); i++) {
            Question question = questions.get(i);
            Kind kind = new Kind(question.maxTokens(), question.temperature(), question.stop());
            kinds.computeIfAbsent(kind, key -> new ArrayList<>()).add(i);
        }
        Reply[] replies = new Reply[questions.size()];
        kinds.forEach((kind, indices) -> ask(kind, indices, questions, replies, progress));
        return List.of(replies);
    }

    private void ask(Kind kind, List<Integer> indices, List<Question> questions, Reply[] replies, Progress progress) {
        Sampling sampling = Sampling.defaults().with(changed -> {
            changed.temperature = kind.temperature();
            changed.stopStrings = kind.stop();
        });
        List<Integer> asked = new ArrayList<>();
        List<GenerationRequest> requests = new ArrayList<>();
        for (int index : indices) {
            int[] prompt = prompt(questions.get(index));
            Optional<Reply> tooLong = tooLong(prompt.length, kind.maxTokens());
            if (tooLong.isPresent()) {
                replies[index] = tooLong.get();
                progress.listener().replied(index, tooLong.get());
            } else {
                asked.add(index);
                requests.add(new GenerationRequest(
                        prompt, new DrawKey(questions.get(index).seed(), Arrays.hashCode(prompt), 0)));
            }
        }
        // Each reply is told as soon as it is whole: what listens may keep it.
        GenerationListener telling = new GenerationListener() {
            @Override
            public void finished(int request, String rest, Generation answer) {
                int index = asked.get(request);
                Reply.Usage usage = new Reply.Usage(requests.get(request).prompt().length, answer.tokens().length);
                replies[index] = answer.finish() == Finish.INTERRUPTED
                        ? Reply.Failure.unasked("interrupted")
                        : new Reply.Answer(answer.text().strip(), answer.finish() != Finish.LENGTH, usage);
                progress.listener().replied(index, replies[index]);
            }
        };
        if (!requests.isEmpty()) {
            new Generator(model.model(), Optional.of(model.tokenizer()), model.eosIds())
                    .generate(
                            requests,
                            GenerationOptions.of(sampling, kind.maxTokens()),
                            telling,
                            progress.interrupted());
        }
    }

    private Optional<Reply> tooLong(int prompt, int answer) {
        int most = model.model().architecture().maxPositions();
        return prompt + answer <= most
                ? Optional.empty()
                : Optional.of(new Reply.Failure(
                        "the question and its answer are longer than the model's " + most + " positions"));
    }

    private int[] prompt(Question question) {
        List<Map<String, @Nullable Object>> messages =
                question.conversation().messages().stream().map(Message::fields).toList();
        return model.tokenizer()
                .encodePrompt(
                        template.render(messages, ChatTemplate.Options.prompt()).text());
    }

    @Override
    public List<Reply> choose(List<Question> questions, List<String> choices, Progress progress) {
        List<int[]> endings =
                choices.stream().map(choice -> model.tokenizer().encode(choice)).toList();
        int longest = endings.stream().mapToInt(ending -> ending.length).max().orElse(0);
        Reply[] replies = new Reply[questions.size()];
        List<Integer> waiting = new ArrayList<>();
        List<List<TokenizedExample>> groups = new ArrayList<>();
        int tokens = 0;
        for (int i = 0; i < replies.length; i++) {
            int[] prompt = prompt(questions.get(i));
            Optional<Reply> tooLong = tooLong(prompt.length, longest);
            if (tooLong.isPresent()) {
                replies[i] = tooLong.get();
                progress.listener().replied(i, tooLong.get());
            } else {
                tokens += prompt.length;
                waiting.add(i);
                groups.add(
                        endings.stream().map(ending -> joined(prompt, ending)).toList());
            }
            if (!waiting.isEmpty() && (tokens >= TOKENS || i + 1 == replies.length)) {
                List<Reply> weighed = weigh(groups, choices, progress);
                for (int w = 0; w < weighed.size(); w++) {
                    replies[waiting.get(w)] = weighed.get(w);
                    progress.listener().replied(waiting.get(w), weighed.get(w));
                }
                waiting.clear();
                groups.clear();
                tokens = 0;
            }
        }
        return List.of(replies);
    }

    private static TokenizedExample joined(int[] prompt, int[] ending) {
        int[] all = Arrays.copyOf(prompt, prompt.length + ending.length);
        System.arraycopy(ending, 0, all, prompt.length, ending.length);
        boolean[] mask = new boolean[all.length];
        Arrays.fill(mask, prompt.length, all.length, true);
        return new TokenizedExample(all, mask, Source.memory(0));
    }

    private List<Reply> weigh(List<List<TokenizedExample>> groups, List<String> choices, Progress progress) {
        if (progress.interrupted().getAsBoolean()) {
            return groups.stream()
                    .map(group -> (Reply) Reply.Failure.unasked("interrupted before it was asked"))
                    .toList();
        }
        float[] logps;
        try (Scope scope = Scope.open();
                Tape tape = model.model().forward(model.model().pack(groups), Wanted.logps(), Recording.NONE)) {
            logps = tape.logps().toFloats();
        }
        List<Reply> replies = new ArrayList<>();
        int at = 0;
        for (List<TokenizedExample> group : groups) {
            Map<String, Double> sums = new LinkedHashMap<>();
            for (int i = 0; i < choices.size(); i++) {
                double sum = 0;
                for (int t = 0; t < group.get(i).trainedTokens(); t++) {
                    sum += logps[at++];
                }
                sums.put(choices.get(i), sum);
            }
            int prompt = group.getFirst().length() - group.getFirst().trainedTokens();
            replies.add(new Reply.Choice(sums, new Reply.Usage(prompt, 0)));
        }
        return replies;
    }

    @Override
    public void close() {
        if (owned) {
            model.close();
        }
    }
}

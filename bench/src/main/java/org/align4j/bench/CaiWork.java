package org.align4j.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.Conversation;
import org.align4j.data.Message;
import org.align4j.generate.DrawKey;
import org.align4j.generate.GenerationListener;
import org.align4j.generate.GenerationOptions;
import org.align4j.generate.GenerationRequest;
import org.align4j.generate.Generator;
import org.align4j.generate.Sampling;
import org.align4j.pipeline.constitution.Constitution;
import org.align4j.pipeline.constitution.Principle;
import org.align4j.pipeline.constitution.Requests;
import org.align4j.teacher.LocalTeacher;
import org.align4j.teacher.Question;
import org.align4j.teacher.Reply;
import org.align4j.teacher.Teacher;
import org.align4j.tensor.DType;
import org.align4j.tensor.Scope;
import org.align4j.tokenizer.ChatTemplate;
import tools.jackson.databind.json.JsonMapper;

/// Tokens per second of the steps of constitutional AI, prefill included, beside a plain decoder's
/// that draws as many tokens for the same prompts, 32 at a time.
final class CaiWork {
    private static final int PROMPTS = 96;
    private static final int BATCH = 32;
    private static final int TOKENS = 64;
    private static final int DEMONSTRATIONS = 2;

    private final LoadedModel loaded;
    private final Teacher teacher;
    private final List<String> prompts;
    private final List<Map<String, Object>> steps = new ArrayList<>();

    private CaiWork(LoadedModel loaded, List<String> prompts) {
        this.loaded = loaded;
        this.teacher = new LocalTeacher(loaded);
        this.prompts = prompts;
    }

    static Map<String, Object> run(Path modelFolder, Path data, DType precision) {
        try (Scope scope = Scope.open();
                LoadedModel loaded = LoadedModel.load(modelFolder, precision, Bench.device(), false)) {
            CaiWork work = new CaiWork(loaded, prompts(data));
            work.plain(work.questions(i -> Requests.response(work.prompts.get(i))));
            work.stages();
            return Map.of("steps", work.steps);
        }
    }

    /// Tokens per second of full batches that answer the same questions and all end together.
    private double plain(List<Question> questions) {
        Generator generator = new Generator(loaded.model(), Optional.empty(), Set.of());
        ChatTemplate template = loaded.template().orElseThrow();
        List<GenerationRequest> requests = IntStream.range(0, questions.size())
                .mapToObj(i -> new GenerationRequest(
                        loaded.tokenizer()
                                .encodePrompt(template.render(
                                                questions.get(i).conversation().messages().stream()
                                                        .map(Message::fields)
                                                        .toList(),
                                                ChatTemplate.Options.prompt())
                                        .text()),
                        new DrawKey(0, i, 0)))
                .toList();
        long start = System.nanoTime();
        generator.generate(
                requests,
                GenerationOptions.of(Sampling.defaults(), TOKENS).withMaxSequences(BATCH),
                GenerationListener.NONE,
                () -> false);
        return questions.size() * TOKENS / seconds(start);
    }

    private void stages() {
        Constitution constitution = Constitution.of("harmlessness");
        Principle principle = constitution.principles().getFirst();
        Requests requests = new Requests(constitution, DEMONSTRATIONS, true);
        List<String> responses = texts("responses", i -> Requests.response(prompts.get(i)));
        List<String> critiques =
                texts("critiques", i -> requests.critique(prompts.get(i), responses.get(i), principle));
        List<String> revisions = texts(
                "revisions", i -> requests.revision(prompts.get(i), responses.get(i), principle, critiques.get(i)));
        // feedback draws nothing: what counts are the tokens that are read
        List<Question> comparisons =
                questions(i -> requests.comparison(prompts.get(i), responses.get(i), revisions.get(i), principle));
        long start = System.nanoTime();
        List<Reply> replies = teacher.choose(comparisons, requests.letters(), Teacher.Progress.SILENT);
        double seconds = seconds(start);
        long read =
                replies.stream().mapToLong(reply -> usage(reply).promptTokens()).sum();
        steps.add(Map.of(
                "step",
                "feedback",
                "comparisons_per_second",
                comparisons.size() / seconds,
                "read_tokens_per_second",
                read / seconds));
    }

    private interface Asking {
        Conversation of(int prompt);
    }

    private List<Question> questions(Asking asking) {
        return IntStream.range(0, prompts.size())
                .mapToObj(i -> new Question(asking.of(i), TOKENS, 1, List.of(), i))
                .toList();
    }

    private List<String> texts(String step, Asking asking) {
        List<Question> questions = questions(asking);
        double plain = plain(questions);
        long start = System.nanoTime();
        List<Reply> replies = teacher.ask(questions, Teacher.Progress.SILENT);
        double seconds = seconds(start);
        long drawn =
                replies.stream().mapToLong(reply -> usage(reply).answerTokens()).sum();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("step", step);
        row.put("tokens", drawn);
        row.put("tokens_per_second", drawn / seconds);
        row.put("plain_tokens_per_second", plain);
        row.put("of_plain", drawn / seconds / plain);
        steps.add(row);
        return replies.stream()
                .map(reply -> reply instanceof Reply.Answer answer ? answer.text() : "")
                .toList();
    }

    private static Reply.Usage usage(Reply reply) {
        return switch (reply) {
            case Reply.Answer answer -> answer.usage();
            case Reply.Choice choice -> choice.usage();
            case Reply.Failure failure -> throw new IllegalStateException(failure.reason());
        };
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    /// What people first said in red-team conversations.
    private static List<String> prompts(Path data) {
        Path file = data.resolve("preference/hh_rlhf_harmless/harmless-base.jsonl.gz");
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            return lines.lines()
                    .map(line ->
                            JsonMapper.shared().readTree(line).get("chosen").asString())
                    .map(text -> text.replaceFirst("(?s)^\\s*Human: (.*?)\\n\\nAssistant:.*", "$1"))
                    .distinct()
                    .limit(PROMPTS)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

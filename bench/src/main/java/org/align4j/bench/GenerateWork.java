package org.align4j.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.generate.DrawKey;
import org.align4j.generate.GenerationListener;
import org.align4j.generate.GenerationOptions;
import org.align4j.generate.GenerationRequest;
import org.align4j.generate.Generator;
import org.align4j.generate.Sampling;
import org.align4j.tensor.DType;
import org.align4j.tensor.Scope;
import org.align4j.tokenizer.ChatTemplate;
import tools.jackson.databind.json.JsonMapper;

/// Answers to GSM8K's first questions: 1, 8 and 32 at once, 65 tokens each, drawn from the best 50
/// as the peer does by default.
final class GenerateWork {
    private static final int[] BATCHES = {1, 8, 32};
    private static final int TOKENS = 64;

    private GenerateWork() {}

    static Map<String, Object> run(Path modelFolder, Path data, DType precision) {
        List<Map<String, Object>> rows = new ArrayList<>();
        try (Scope scope = Scope.open();
                LoadedModel loaded = LoadedModel.load(modelFolder, precision, Bench.device(), false)) {
            List<GenerationRequest> all = requests(loaded, data, BATCHES[BATCHES.length - 1]);
            Generator generator = new Generator(loaded.model(), Optional.empty(), Set.of());
            for (int batch : BATCHES) {
                rows.add(row(generator, all.subList(0, batch)));
            }
        }
        return Map.of("rows", rows);
    }

    private static Map<String, Object> row(Generator generator, List<GenerationRequest> requests) {
        generate(generator, requests, TOKENS);
        double first = generate(generator, requests, 1)[0];
        double[] ticks = generate(generator, requests, TOKENS + 1);
        double step = (ticks[TOKENS] - ticks[0]) / TOKENS;
        int longest = requests.stream()
                .mapToInt(request -> request.prompt().length)
                .max()
                .orElseThrow();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("batch", requests.size());
        row.put("prompt", List.of(requests.size(), longest));
        row.put("prefill_seconds", first);
        row.put("step_seconds", step);
        row.put("tokens_per_second", requests.size() / step);
        row.put("prepare_seconds", Math.max(0, ticks[0] - first));
        return row;
    }

    /// Seconds until all sequences have their first token, their second, …
    private static double[] generate(Generator generator, List<GenerationRequest> requests, int tokens) {
        Sampling sampling = Sampling.defaults().with(changed -> changed.topK = 50);
        double[] ticks = new double[tokens];
        int[] heard = {0};
        long start = System.nanoTime();
        GenerationListener clock = new GenerationListener() {
            @Override
            public void token(int request, int token, String text) {
                ticks[heard[0]++ / requests.size()] = (System.nanoTime() - start) / 1e9;
            }
        };
        generator.generate(requests, GenerationOptions.of(sampling, tokens), clock, () -> false);
        return ticks;
    }

    private static List<GenerationRequest> requests(LoadedModel loaded, Path data, int count) {
        ChatTemplate template = loaded.template().orElseThrow();
        Path file = data.resolve("instruction/gsm8k/train.jsonl");
        try (Stream<String> lines = Files.lines(file)) {
            List<GenerationRequest> requests = new ArrayList<>();
            lines.limit(count).forEach(line -> {
                String question =
                        JsonMapper.shared().readTree(line).get("question").asString();
                List<Map<String, String>> messages = List.of(Map.of("role", "user", "content", question));
                String text =
                        template.render(messages, ChatTemplate.Options.prompt()).text();
                requests.add(new GenerationRequest(
                        loaded.tokenizer().encodePrompt(text), new DrawKey(0, requests.size(), 0)));
            });
            return requests;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

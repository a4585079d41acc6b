package org.align4j.train.pretrain;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.tokens.CorpusEncoding;
import org.align4j.generate.DrawKey;
import org.align4j.generate.Generation;
import org.align4j.generate.GenerationListener;
import org.align4j.generate.GenerationOptions;
import org.align4j.generate.GenerationRequest;
import org.align4j.generate.Generator;
import org.align4j.generate.Sampling;
import org.align4j.tensor.Scope;

/// How a base model goes on from the beginnings of documents.
final class Continuations {
    private static final int MAX_NEW_TOKENS = 200;
    private static final double TEMPERATURE = 0.8;

    private final Generator generator;
    private final List<String> prompts;
    private final List<GenerationRequest> requests = new ArrayList<>();
    private final GenerationOptions options;

    Continuations(LoadedModel loaded, List<String> prompts, int context, long seed) {
        this.prompts = prompts;
        generator = new Generator(loaded.model(), Optional.of(loaded.tokenizer()), loaded.eosIds());
        CorpusEncoding encoding = new CorpusEncoding(loaded.tokenizer());
        int longest = 0;
        for (String prompt : prompts) {
            int[] ids = encoding.beginning(prompt);
            longest = Math.max(longest, ids.length);
            requests.add(new GenerationRequest(ids, new DrawKey(0, requests.size(), 0)));
        }
        Sampling sampling = Sampling.defaults().with(changed -> {
            changed.temperature = TEMPERATURE;
            changed.seed = seed;
        });
        options = GenerationOptions.of(sampling, Math.clamp(context - longest, 1, MAX_NEW_TOKENS));
    }

    /// One line a prompt, for `samples.jsonl`; none once `interrupted`.
    List<Map<String, String>> now(BooleanSupplier interrupted) {
        List<Generation> written;
        try (Scope scope = Scope.open()) {
            written = generator.generate(requests, options, GenerationListener.NONE, interrupted);
        }
        List<Map<String, String>> lines = new ArrayList<>();
        for (int i = 0; i < prompts.size() && !interrupted.getAsBoolean(); i++) {
            Map<String, String> line = new LinkedHashMap<>();
            line.put("prompt", prompts.get(i));
            line.put("completion", written.get(i).text());
            lines.add(line);
        }
        return lines;
    }
}

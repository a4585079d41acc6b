package org.align4j.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.TokenizedExample;
import org.align4j.generate.DrawKey;
import org.align4j.generate.Generation;
import org.align4j.generate.GenerationListener;
import org.align4j.generate.GenerationOptions;
import org.align4j.generate.GenerationRequest;
import org.align4j.generate.Generator;
import org.align4j.generate.Sampling;
import org.align4j.tensor.Scope;
import org.align4j.tokenizer.Tokenizer;

/// What the model says to a few prompts of the data, greedily, beside what the data says: numbers
/// hide a model that rambles or never stops.
public final class SampledAnswers {
    private static final int PROMPTS = 4;
    private static final int MAX_NEW_TOKENS = 128;

    private final Generator generator;
    private final Tokenizer tokenizer;
    private final List<TokenizedExample> examples;
    private final int maxNewTokens;

    /// @param examples the first few are asked about
    public SampledAnswers(LoadedModel loaded, List<TokenizedExample> examples) {
        this.tokenizer = loaded.tokenizer();
        this.generator = new Generator(loaded.model(), Optional.of(tokenizer), loaded.eosIds());
        int most = loaded.model().architecture().maxPositions();
        this.examples = examples.stream()
                .filter(example -> example.firstTarget() < most)
                .limit(PROMPTS)
                .toList();
        int longest = this.examples.stream()
                .mapToInt(TokenizedExample::firstTarget)
                .max()
                .orElse(0);
        this.maxNewTokens = Math.min(MAX_NEW_TOKENS, most - longest);
    }

    /// One line a prompt, for `samples.jsonl`; none once `interrupted`.
    public List<Map<String, String>> now(BooleanSupplier interrupted) {
        List<GenerationRequest> requests = examples.stream()
                .map(example ->
                        new GenerationRequest(Arrays.copyOf(example.tokens(), example.firstTarget()), DrawKey.ONLY))
                .toList();
        List<Generation> answers;
        try (Scope scope = Scope.open()) {
            answers = generator.generate(
                    requests,
                    GenerationOptions.of(Sampling.greedy(), maxNewTokens),
                    GenerationListener.NONE,
                    interrupted);
        }
        List<Map<String, String>> lines = new ArrayList<>();
        for (int i = 0; i < examples.size() && !interrupted.getAsBoolean(); i++) {
            Map<String, String> line = new LinkedHashMap<>();
            line.put("prompt", tokenizer.decode(requests.get(i).prompt(), false));
            line.put("completion", answers.get(i).text());
            line.put("reference", reference(examples.get(i)));
            lines.add(line);
        }
        return lines;
    }

    private String reference(TokenizedExample example) {
        int[] targets = IntStream.range(example.firstTarget(), example.length())
                .filter(t -> example.lossMask()[t])
                .map(t -> example.tokens()[t])
                .toArray();
        return tokenizer.decode(targets, true);
    }
}

package org.align4j.train.preference;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.PackedBatch;
import org.align4j.data.Source;
import org.align4j.data.TokenizedExample;
import org.align4j.generate.DrawKey;
import org.align4j.generate.Generation;
import org.align4j.generate.GenerationListener;
import org.align4j.generate.GenerationOptions;
import org.align4j.generate.GenerationRequest;
import org.align4j.generate.Generator;
import org.align4j.generate.Sampling;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.tensor.Scope;

/// Answers that a policy draws from its own distribution, and what they show of it: how long it
/// talks, how sure it is, and how far it has gone from the reference.
final class DrawnAnswers {
    private static final int PROMPTS = 8;
    private static final int MAX_NEW_TOKENS = 128;

    private final CausalLm model;
    private final Generator generator;
    private final List<int[]> prompts;
    private final Optional<ReferenceLogps> reference;
    private final Sampling sampling;

    /// @param examples the prompts of the first few are answered
    /// @param reference if it can say how likely new answers are
    DrawnAnswers(LoadedModel loaded, List<TokenizedExample> examples, Optional<ReferenceLogps> reference, long seed) {
        model = loaded.model();
        generator = new Generator(model, Optional.of(loaded.tokenizer()), loaded.eosIds());
        prompts = examples.stream()
                .map(example -> Arrays.copyOf(example.tokens(), example.firstTarget()))
                .filter(prompt ->
                        prompt.length + MAX_NEW_TOKENS <= model.architecture().maxPositions())
                .limit(PROMPTS)
                .toList();
        this.reference = reference;
        sampling = Sampling.defaults().with(changed -> changed.seed = seed);
    }

    /// Draws and measures; nothing where there is no prompt with room for an answer. It isn't
    /// interrupted: the step is done, and a resumed run would not come back to it.
    ///
    /// @param step that draws differ by
    Map<String, Double> measure(long step) {
        if (prompts.isEmpty()) {
            return Map.of();
        }
        try (Scope scope = Scope.open()) {
            List<Generation> answers = generator.generate(
                    IntStream.range(0, prompts.size())
                            .mapToObj(p -> new GenerationRequest(prompts.get(p), new DrawKey(step, p, 0)))
                            .toList(),
                    GenerationOptions.of(sampling, MAX_NEW_TOKENS),
                    GenerationListener.NONE,
                    () -> false);
            return measured(sequences(answers));
        }
    }

    private List<TokenizedExample> sequences(List<Generation> answers) {
        return IntStream.range(0, prompts.size())
                .mapToObj(p -> {
                    int[] prompt = prompts.get(p);
                    int[] answer = answers.get(p).tokens();
                    int[] tokens = Arrays.copyOf(prompt, prompt.length + answer.length);
                    System.arraycopy(answer, 0, tokens, prompt.length, answer.length);
                    boolean[] mask = new boolean[tokens.length];
                    Arrays.fill(mask, prompt.length, tokens.length, true);
                    return new TokenizedExample(tokens, mask, Source.memory(p));
                })
                .toList();
    }

    private Map<String, Double> measured(List<TokenizedExample> sequences) {
        PackedBatch batch = PackedBatch.of(sequences);
        Map<String, Double> metrics = new LinkedHashMap<>();
        try (Tape tape = model.forward(batch, Wanted.logps().withEntropy(), Recording.NONE)) {
            metrics.put("samples/length", batch.trainedTokens() / (double) sequences.size());
            metrics.put("samples/entropy", tape.entropy().mean().item());
            reference.ifPresent(other -> metrics.put(
                    "samples/kl",
                    tape.logps().sub(other.of(batch, sequences)).sum().item() / sequences.size()));
        }
        return metrics;
    }
}

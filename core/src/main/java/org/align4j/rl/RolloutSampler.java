package org.align4j.rl;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.generate.DrawKey;
import org.align4j.generate.Finish;
import org.align4j.generate.Generation;
import org.align4j.generate.GenerationListener;
import org.align4j.generate.GenerationOptions;
import org.align4j.generate.GenerationRequest;
import org.align4j.generate.Generator;
import org.align4j.generate.Sampling;

/// Draws the answers that a policy learns from. Equal prompts are run once. What an answer becomes
/// depends on the weights, the seed, the iteration and its number only, so that an interrupted
/// iteration is drawn again as it was.
public final class RolloutSampler {
    private final Generator generator;
    private final GenerationOptions options;

    /// @param temperature of the distribution that is drawn from and learned
    /// @param stopStrings that end an answer; their tokens belong to it, their text doesn't
    /// @param atOnce answers that are decoded together
    public RolloutSampler(
            LoadedModel loaded, double temperature, List<String> stopStrings, int maxNewTokens, int atOnce, long seed) {
        generator = new Generator(loaded.model(), Optional.of(loaded.tokenizer()), loaded.eosIds());
        Sampling sampling = Sampling.defaults().with(changed -> {
            changed.temperature = temperature;
            changed.stopStrings = stopStrings;
            changed.seed = seed;
        });
        options = GenerationOptions.of(sampling, maxNewTokens)
                .withMaxSequences(atOnce)
                .withLogps();
    }

    /// Draws `group` answers to each prompt, the groups one after the other.
    ///
    /// @param iteration of training; with the prompt's place it fixes the draws
    /// @param firstPlace place of the first prompt in the iteration
    /// @return empty where it was interrupted
    public Optional<List<Rollout>> draw(
            List<int[]> prompts, int group, long iteration, int firstPlace, BooleanSupplier interrupted) {
        List<GenerationRequest> requests = new ArrayList<>();
        for (int p = 0; p < prompts.size(); p++) {
            for (int g = 0; g < group; g++) {
                requests.add(new GenerationRequest(prompts.get(p), new DrawKey(iteration, (long) firstPlace + p, g)));
            }
        }
        return draw(requests, interrupted);
    }

    /// Draws an answer to each request.
    ///
    /// @return empty where it was interrupted
    public Optional<List<Rollout>> draw(List<GenerationRequest> requests, BooleanSupplier interrupted) {
        List<Generation> answers = generator.generate(requests, options, GenerationListener.NONE, interrupted);
        if (answers.stream().anyMatch(answer -> answer.finish() == Finish.INTERRUPTED)) {
            return Optional.empty();
        }
        List<Rollout> rollouts = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            Generation answer = answers.get(i);
            rollouts.add(Rollout.answer(
                    requests.get(i).prompt(),
                    answer.tokens(),
                    answer.logps(),
                    answer.finish() != Finish.LENGTH,
                    answer.text()));
        }
        return Optional.of(rollouts);
    }
}

package org.align4j.train.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.random.CounterRandom;
import org.align4j.rl.Rollout;
import org.align4j.rl.RolloutSampler;
import org.align4j.rl.environment.Episode;
import org.align4j.rl.reward.Attempt;
import org.align4j.rl.reward.Rewards;
import org.align4j.run.Metrics;
import org.align4j.train.policy.TaskData.TokenizedTask;

/// A policy's answers to prompts that are never learned on: what they are worth, by the rewards
/// that it learns from and by one that it doesn't, and how far it has gone from its reference.
///
/// @param config how they are drawn and measured
/// @param play how answers come about
/// @param reference absent where there is none; answers that aren't drawn say nothing about it
/// @param seed of the draws, the same in each evaluation, so that differences are the policy's
/// @param warn hears of rewards that can't be had
record HeldOutAnswers(
        List<TokenizedTask> tasks,
        LoadedModel policy,
        RolloutConfig rollout,
        HeldOutConfig config,
        Play play,
        PolicyRewards rewards,
        Optional<FrozenReference> reference,
        int maxTokens,
        long seed,
        Consumer<String> warn) {
    /// `eval/…`; nothing where it was interrupted. There is no `eval/loss` where no reward says
    /// anything.
    Map<String, Double> measure(BooleanSupplier interrupted) {
        double temperature = config.temperature(rollout);
        RolloutSampler sampler = new RolloutSampler(
                policy,
                temperature,
                rollout.stopStrings(),
                rollout.maxNewTokens(),
                rollout.atOnce(),
                CounterRandom.of(seed, "evaluation").bits());
        Optional<List<Episode>> drawn = play.draw(policy, sampler, rollout.maxNewTokens(), tasks, 1, 0, 0, interrupted);
        if (drawn.isEmpty()) {
            return Map.of();
        }
        List<Rollout> rollouts = drawn.get().stream().map(Episode::rollout).toList();
        List<Attempt> attempts = new ArrayList<>();
        for (int i = 0; i < tasks.size(); i++) {
            attempts.add(tasks.get(i).attempt(drawn.get().get(i)));
        }
        Map<String, Double> metrics = RolloutMetrics.evaluation(
                rewards.learned().functions().sequencedKeySet(),
                values(rewards.learned(), attempts),
                rewards.mix(),
                rollouts);
        rewards.gold().ifPresent(gold -> addGold(values(gold, attempts)[0], metrics));
        if (temperature > 0) {
            reference.ifPresent(frozen -> metrics.put(Metrics.EVAL_KL, divergence(frozen, rollouts)));
        }
        String figure = switch (config.keepBest()) {
            case REWARD -> Metrics.EVAL_REWARD;
            case GOLD_REWARD -> Metrics.EVAL_GOLD_REWARD;
        };
        double worth = metrics.getOrDefault(figure, Double.NaN);
        if (!Double.isNaN(worth)) {
            // the best checkpoint is the one of the lowest loss
            metrics.put(Metrics.EVAL_LOSS, -worth);
        }
        return metrics;
    }

    private double[][] values(Rewards functions, List<Attempt> attempts) {
        Rewards.Scores scores = functions.of(attempts);
        scores.failures().forEach(warn);
        return scores.values();
    }

    private static void addGold(double[] all, Map<String, Double> metrics) {
        double[] known = Arrays.stream(all).filter(Double::isFinite).toArray();
        double mean = Arrays.stream(known).average().orElse(Double.NaN);
        double squares = Arrays.stream(known)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        metrics.put(Metrics.EVAL_GOLD_REWARD, mean);
        metrics.put(
                Metrics.EVAL_GOLD_REWARD_ERROR,
                known.length < 2 ? 0 : Math.sqrt(squares / (known.length - 1) / known.length));
    }

    /// The mean of Σ log(π/π_ref).
    private double divergence(FrozenReference frozen, List<Rollout> rollouts) {
        RolloutLogps pass = new RolloutLogps(config.temperature(rollout), maxTokens);
        float[][] own = pass.of(policy.model(), rollouts);
        float[][] other = frozen.logps(pass, rollouts);
        return IntStream.range(0, own.length)
                .mapToDouble(i -> IntStream.range(0, own[i].length)
                        .mapToDouble(t -> own[i][t] - other[i][t])
                        .sum())
                .average()
                .orElseThrow();
    }
}

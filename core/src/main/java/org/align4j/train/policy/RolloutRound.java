package org.align4j.train.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.rl.GroupAdvantage;
import org.align4j.rl.PromptOrder;
import org.align4j.rl.Rollout;
import org.align4j.rl.RolloutSampler;
import org.align4j.rl.StepScores;
import org.align4j.rl.environment.Episode;
import org.align4j.rl.reward.Attempt;
import org.align4j.rl.reward.ProcessReward;
import org.align4j.rl.reward.Rewards;
import org.align4j.train.policy.TaskData.TokenizedTask;

/// The half of an iteration that comes before learning: prompts, answers to them, and what these
/// are worth.
///
/// @param policy that answers
/// @param play how answers come about
/// @param worth what answers are worth when they are compared, from sums of rewards
/// @param warn hears of rewards that can't be had
/// @param seed of prompts and draws
record RolloutRound(
        RolloutConfig config,
        TaskDataConfig dataConfig,
        TaskData data,
        LoadedModel policy,
        Play play,
        PolicyRewards rewards,
        Worth worth,
        Consumer<String> warn,
        long seed) {
    /// What a method makes of rewards before it compares answers.
    interface Worth {
        /// @param sums of each answer's rewards
        double[] of(double[] sums, List<Rollout> rollouts);

        /// Nothing.
        Worth REWARD = (sums, rollouts) -> sums;
    }

    /// Prompts, a group of answers to each, their rewards. Groups without signal are replaced as
    /// configured.
    ///
    /// @param times seconds of the parts are added to them
    /// @param interrupted asked before each token
    /// @return nothing where it was interrupted: a resumed run draws the same answers
    Optional<Experience> draw(long iteration, Map<String, Double> times, BooleanSupplier interrupted) {
        int group = config.groupSize();
        PromptOrder order = new PromptOrder(data.train().size(), dataConfig.shuffle(), seed);
        int[] tasks = order.of(iteration, config.prompts());
        Optional<List<Episode>> drawn = answers(tasks, group, iteration, 0, times, interrupted);
        if (drawn.isEmpty()) {
            return Optional.empty();
        }
        List<Episode> episodes = new ArrayList<>(drawn.get());
        double[][] values = rewards(tasks, episodes, times);
        int resampled = 0;
        for (int attempt = 1; attempt <= config.resample(); attempt++) {
            double[] worths = worth.of(
                    rewards.mix().sum(values),
                    episodes.stream().map(Episode::rollout).toList());
            int[] places = IntStream.range(0, tasks.length)
                    .filter(place -> GroupAdvantage.allEqual(worths, place * group, (place + 1) * group))
                    .toArray();
            if (places.length == 0) {
                break;
            }
            int number = attempt;
            int[] others = Arrays.stream(places)
                    .map(place -> order.instead(iteration, number, place))
                    .toArray();
            Optional<List<Episode>> answers =
                    answers(others, group, iteration, attempt * tasks.length, times, interrupted);
            if (answers.isEmpty()) {
                return Optional.empty();
            }
            double[][] theirs = rewards(others, answers.get(), times);
            for (int p = 0; p < places.length; p++) {
                tasks[places[p]] = others[p];
                for (int g = 0; g < group; g++) {
                    episodes.set(places[p] * group + g, answers.get().get(p * group + g));
                    for (int f = 0; f < values.length; f++) {
                        values[f][places[p] * group + g] = theirs[f][p * group + g];
                    }
                }
            }
            resampled += places.length;
        }
        return Optional.of(experience(tasks, episodes, values, times, resampled));
    }

    /// Prompts with two answers each: the policy's own, and one that `other` draws, of the
    /// prompts' tokens.
    ///
    /// @param interrupted asked before each token
    /// @return nothing where it was interrupted
    Optional<Experience> drawBeside(
            Function<List<int[]>, Optional<List<Rollout>>> other,
            long iteration,
            Map<String, Double> times,
            BooleanSupplier interrupted) {
        int[] tasks = new PromptOrder(data.train().size(), dataConfig.shuffle(), seed).of(iteration, config.prompts());
        Optional<List<Episode>> own = answers(tasks, 1, iteration, 0, times, interrupted);
        if (own.isEmpty()) {
            return Optional.empty();
        }
        long start = System.nanoTime();
        Optional<List<Rollout>> others =
                other.apply(asked(tasks).stream().map(TokenizedTask::tokens).toList());
        times.merge("time/generate", (System.nanoTime() - start) / 1e9, Double::sum);
        if (others.isEmpty()) {
            return Optional.empty();
        }
        List<Episode> both = new ArrayList<>();
        for (int p = 0; p < tasks.length; p++) {
            both.add(own.get().get(p));
            both.add(Episode.of(others.get().get(p)));
        }
        return Optional.of(experience(tasks, both, rewards(tasks, both, times), times, 0));
    }

    private Experience experience(
            int[] tasks, List<Episode> episodes, double[][] values, Map<String, Double> times, int resampled) {
        return new Experience(
                tasks,
                episodes.stream().map(Episode::rollout).toList(),
                values,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                rewards.process().map(process -> steps(process, tasks, episodes, times)),
                resampled);
    }

    private List<TokenizedTask> asked(int[] tasks) {
        return Arrays.stream(tasks).mapToObj(data.train()::get).toList();
    }

    private Optional<List<Episode>> answers(
            int[] tasks,
            int group,
            long iteration,
            int firstPlace,
            Map<String, Double> times,
            BooleanSupplier interrupted) {
        long start = System.nanoTime();
        RolloutSampler sampler = new RolloutSampler(
                policy, config.temperature(), config.stopStrings(), config.maxNewTokens(), config.atOnce(), seed);
        Optional<List<Episode>> episodes = play.draw(
                policy, sampler, config.maxNewTokens(), asked(tasks), group, iteration, firstPlace, interrupted);
        times.merge("time/generate", (System.nanoTime() - start) / 1e9, Double::sum);
        return episodes;
    }

    private List<Attempt> attempts(int[] tasks, List<Episode> episodes) {
        int group = episodes.size() / tasks.length;
        List<Attempt> attempts = new ArrayList<>();
        for (int i = 0; i < episodes.size(); i++) {
            attempts.add(data.train().get(tasks[i / group]).attempt(episodes.get(i)));
        }
        return attempts;
    }

    private double[][] rewards(int[] tasks, List<Episode> episodes, Map<String, Double> times) {
        long start = System.nanoTime();
        Rewards.Scores scores = rewards.learned().of(attempts(tasks, episodes));
        scores.failures().forEach(warn);
        times.merge("time/reward", (System.nanoTime() - start) / 1e9, Double::sum);
        return scores.values();
    }

    private StepScores steps(ProcessReward process, int[] tasks, List<Episode> episodes, Map<String, Double> times) {
        long start = System.nanoTime();
        ProcessReward.Scores scores = process.of(attempts(tasks, episodes));
        scores.failures().forEach(warn);
        StepScores steps = StepEnds.of(
                policy.tokenizer(), episodes.stream().map(Episode::rollout).toList(), scores.steps());
        times.merge("time/reward", (System.nanoTime() - start) / 1e9, Double::sum);
        return steps;
    }

    /// What an iteration's answers are told of, see [RolloutMetrics].
    Map<String, Double> metrics(Experience drawn) {
        return RolloutMetrics.of(drawn, rewards.learned().functions().sequencedKeySet(), rewards.mix());
    }

    /// An iteration's answers, to be read.
    List<Map<String, String>> samples(Experience drawn, double[] advantages) {
        return RolloutMetrics.lines(
                drawn,
                rewards.learned().functions().sequencedKeySet(),
                rewards.mix(),
                advantages,
                task -> data.train().get(task).text());
    }
}

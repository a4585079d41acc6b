package org.align4j.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.align4j.data.PackedBatch;
import org.align4j.data.Source;
import org.align4j.data.TokenizedExample;
import org.align4j.data.preference.Judgement;
import org.align4j.data.preference.Preference;
import org.align4j.data.preference.Ranking;
import org.align4j.loss.RewardLoss;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Heads;
import org.align4j.model.HfConfig;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.optim.LrSchedule;
import org.align4j.optim.OptimizerConfig;
import org.align4j.random.CounterRandom;
import org.align4j.rl.Scores;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.train.Optimization;
import tools.jackson.databind.node.ObjectNode;

/// `[SEEDS] [SETS]`: do reward models recover known utilities, and what are whole rankings with
/// ties worth beside one pair of each set? Labelers see utilities with Gumbel noise and call
/// outputs tied that seem nearer than a threshold.
public final class RewardRecovery {
    private static final int WORDS = 24;
    private static final int LENGTH = 6;
    private static final int EPOCHS = 8;
    private static final int BATCH = 8;
    private static final int TESTED = 400;
    /// log θ: how near two outputs must seem to be called tied.
    private static final double THRESHOLD = 0.7;
    /// Quantiles 0.975 of Student's t of 1 to 9 degrees of freedom.
    private static final double[] STUDENT = {12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26};

    private RewardRecovery() {}

    /// Outputs for one prompt.
    private record LabelledSet(List<TokenizedExample> outputs, List<String> ids, Ranking ranking) {}

    /// What is learnt of a set.
    private record Lesson(List<TokenizedExample> outputs, List<String> ids, Judgement judgement) {}

    /// How near the scores came.
    ///
    /// @param accuracy share of held-out pairs in the order of their utilities
    /// @param slope of scores on utilities: 1 where the scale is right
    /// @param correlation Pearson's r
    private record Outcome(double accuracy, double slope, double correlation) {}

    public static void main(String[] arguments) {
        int seeds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10;
        int sets = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 160;
        Map<String, List<Outcome>> outcomes = new LinkedHashMap<>();
        for (int seed = 0; seed < seeds; seed++) {
            CounterRandom random = CounterRandom.of(seed, "recovery");
            List<LabelledSet> labelled = IntStream.range(0, sets)
                    .mapToObj(i -> labelled(random.at(i)))
                    .toList();
            Map<String, Outcome> found = new LinkedHashMap<>();
            found.put("rankings with ties, Rao-Kupper", learn(whole(labelled), tied(), seed));
            found.put("rankings with ties, Plackett-Luce", learn(whole(labelled), new RewardLoss.PlackettLuce(), seed));
            found.put("one pair without ties, Bradley-Terry", learn(pairs(labelled, random), plain(), seed));
            found.forEach((name, outcome) ->
                    outcomes.computeIfAbsent(name, key -> new ArrayList<>()).add(outcome));
            System.out.println("seed " + seed + ": " + found);
        }
        System.out.println("\n| learned from | accuracy | slope | correlation |\n|---|---|---|---|");
        outcomes.forEach((name, each) -> System.out.printf(
                Locale.ROOT,
                "| %s | %s | %s | %s |%n",
                name,
                interval(each.stream().mapToDouble(Outcome::accuracy).toArray()),
                interval(each.stream().mapToDouble(Outcome::slope).toArray()),
                interval(each.stream().mapToDouble(Outcome::correlation).toArray())));
        List<List<Outcome>> all = List.copyOf(outcomes.values());
        double[] gains = IntStream.range(0, seeds)
                .mapToDouble(i ->
                        all.getFirst().get(i).accuracy() - all.getLast().get(i).accuracy())
                .toArray();
        System.out.println("\nGain in accuracy of rankings with ties over pairs without: " + interval(gains));
    }

    private static RewardLoss tied() {
        return new RewardLoss.RaoKupper(Math.exp(THRESHOLD));
    }

    private static RewardLoss plain() {
        return RewardLoss.BradleyTerry.plain();
    }

    /// Mean and the 95 % interval of a mean over at least two seeds, by Student's t.
    private static String interval(double[] values) {
        double mean = Arrays.stream(values).average().orElseThrow();
        double variance = Arrays.stream(values)
                        .map(value -> (value - mean) * (value - mean))
                        .sum()
                / (values.length - 1);
        double quantile = STUDENT[Math.min(STUDENT.length, values.length - 1) - 1];
        double half = quantile * Math.sqrt(variance / values.length);
        return String.format(Locale.ROOT, "%.3f (%.3f to %.3f)", mean, mean - half, mean + half);
    }

    /// Words have fixed worths; an output is worth the sum of its words'.
    private static double utility(TokenizedExample output) {
        return IntStream.range(1, output.length())
                .mapToDouble(t -> 0.6 * CounterRandom.of(1, "worth").gaussian(output.tokens()[t]))
                .sum();
    }

    private static TokenizedExample output(CounterRandom random) {
        int[] tokens = new int[1 + LENGTH];
        for (int t = 1; t < tokens.length; t++) {
            tokens[t] = 1 + (int) random.below(WORDS, t);
        }
        return TokenizedExample.allTrained(tokens, Source.memory(0));
    }

    private static LabelledSet labelled(CounterRandom random) {
        int count = 4 + (int) random.below(6, 99);
        List<TokenizedExample> outputs =
                IntStream.range(0, count).mapToObj(i -> output(random.at(i))).toList();
        double[] seen = IntStream.range(0, count)
                .mapToDouble(i -> utility(outputs.get(i)) - Math.log(-Math.log(1 - random.uniform(100 + i))))
                .toArray();
        List<Integer> order = IntStream.range(0, count)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -seen[i]))
                .toList();
        List<List<String>> groups = new ArrayList<>();
        double best = 0;
        for (int i : order) {
            if (groups.isEmpty() || best - seen[i] > THRESHOLD) {
                groups.add(new ArrayList<>());
                best = seen[i];
            }
            groups.getLast().add("o" + i);
        }
        return new LabelledSet(
                outputs, IntStream.range(0, count).mapToObj(i -> "o" + i).toList(), new Ranking(groups));
    }

    private static List<Lesson> whole(List<LabelledSet> sets) {
        return sets.stream()
                .map(set -> new Lesson(set.outputs(), set.ids(), set.ranking()))
                .toList();
    }

    /// One pair of each set, drawn among those that are not tied.
    private static List<Lesson> pairs(List<LabelledSet> sets, CounterRandom random) {
        List<Lesson> lessons = new ArrayList<>();
        for (int i = 0; i < sets.size(); i++) {
            LabelledSet set = sets.get(i);
            List<Preference> strict = set.ranking().preferences().stream()
                    .filter(preference -> !preference.tie())
                    .toList();
            if (!strict.isEmpty()) {
                Preference drawn = strict.get((int) random.below(strict.size(), 1000 + i));
                List<TokenizedExample> two = drawn.outputs().stream()
                        .map(id -> set.outputs().get(set.ids().indexOf(id)))
                        .toList();
                lessons.add(new Lesson(two, drawn.outputs(), drawn));
            }
        }
        return lessons;
    }

    private static Outcome learn(List<Lesson> lessons, RewardLoss loss, long seed) {
        try (Scope scope = Scope.open()) {
            CausalLm model = model(seed);
            int steps = EPOCHS * (lessons.size() / BATCH);
            try (Optimization optimization = new Optimization(
                    model.parameters(),
                    new OptimizerConfig.AdamW(OptimizerConfig.AdamSettings.DEFAULT),
                    0.01,
                    LrSchedule.named("linear", 3e-3, 10, steps, Map.of()),
                    1)) {
                for (int step = 0; step < steps; step++) {
                    int epoch = step / (lessons.size() / BATCH);
                    int[] order = CounterRandom.of(seed, "order").permutation(lessons.size(), epoch);
                    int from = step % (lessons.size() / BATCH) * BATCH;
                    step(
                            model,
                            optimization,
                            IntStream.range(from, from + BATCH)
                                    .mapToObj(i -> lessons.get(order[i]))
                                    .toList(),
                            loss,
                            step);
                }
            }
            return tested(model);
        }
    }

    private static CausalLm model(long seed) {
        ObjectNode json = HfConfig.newConfig("llama");
        json.put("vocab_size", WORDS + 1)
                .put("hidden_size", 32)
                .put("intermediate_size", 64)
                .put("num_hidden_layers", 2)
                .put("num_attention_heads", 4)
                .put("num_key_value_heads", 4)
                .put("max_position_embeddings", 32);
        CausalLm model = new CausalLm(
                HfConfig.parse("recovery", json).architecture().withHeads(Heads.SCALAR),
                DType.FLOAT32,
                Device.CPU,
                true);
        model.initialise(0.05, seed);
        return model;
    }

    private static void step(
            CausalLm model, Optimization optimization, List<Lesson> lessons, RewardLoss loss, long step) {
        PackedBatch batch = PackedBatch.of(
                lessons.stream().flatMap(lesson -> lesson.outputs().stream()).toList());
        optimization.startWindow();
        try (Scope scope = Scope.open();
                Tape tape = model.forward(batch, Wanted.scores(batch.ends()), Recording.KEEP)) {
            List<Tensor> losses = new ArrayList<>();
            int at = 0;
            for (Lesson lesson : lessons) {
                int count = lesson.outputs().size();
                losses.add(loss.of(tape.scores().narrow(0, at, count), lesson.ids(), lesson.judgement()));
                at += count;
            }
            Tensor.stack(losses, 0).mean().backward();
            tape.backward();
        }
        optimization.step(step);
    }

    private static Outcome tested(CausalLm model) {
        CounterRandom random = CounterRandom.of(77, "test");
        List<TokenizedExample> outputs =
                IntStream.range(0, TESTED).mapToObj(i -> output(random.at(i))).toList();
        float[] scores = Scores.of(model, List.of(outputs), 4096, () -> false).getFirst();
        double[] utilities =
                outputs.stream().mapToDouble(RewardRecovery::utility).toArray();
        double meanScore =
                IntStream.range(0, TESTED).mapToDouble(i -> scores[i]).average().orElseThrow();
        double meanUtility = Arrays.stream(utilities).average().orElseThrow();
        double both = 0;
        double scoreSquares = 0;
        double utilitySquares = 0;
        long right = 0;
        for (int i = 0; i < TESTED; i++) {
            both += (scores[i] - meanScore) * (utilities[i] - meanUtility);
            scoreSquares += Math.pow(scores[i] - meanScore, 2);
            utilitySquares += Math.pow(utilities[i] - meanUtility, 2);
            for (int j = 0; j < i; j++) {
                right += (scores[i] - scores[j]) * (utilities[i] - utilities[j]) > 0 ? 1 : 0;
            }
        }
        return new Outcome(
                right / (TESTED * (TESTED - 1) / 2.0),
                both / utilitySquares,
                both / Math.sqrt(scoreSquares * utilitySquares));
    }
}

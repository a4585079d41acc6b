package org.align4j.bench.frontier;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.preference.Comparison;
import org.align4j.data.preference.Ranking;
import org.align4j.random.CounterRandom;
import org.align4j.rl.Rollout;
import org.align4j.rl.reward.Attempt;
import org.align4j.rl.reward.RewardFunction;
import org.align4j.rl.reward.RewardRule;
import org.align4j.run.Checkpoints.Checkpoint;
import org.align4j.run.RunFiles;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.world.labeler.Labeler;
import org.align4j.world.task.Instruction;
import tools.jackson.core.type.TypeReference;

/// One seed: stories of the reference are ranked by a labeler, each method learns from the same
/// rankings, and its policies are measured. What is done already is not done again.
final class Experiment {
    private static final List<Double> DPO_BETAS = List.of(0.05, 0.3, 1.0, 3.0);
    private static final List<Double> PPO_BETAS = List.of(0.05, 0.3, 1.0);
    /// Numbers of the first instructions: none that a policy is asked was learned from.
    private static final long RANKED = 1_000_000;

    private static final long ASKED = 2_000_000;
    private static final int SCORED_LENGTH = 512;
    private static final TypeReference<List<Point>> POINTS = new TypeReference<>() {};
    private static final Labeler LABELER = new Labeler("careful", 0.05, 0.05, 0, Map.of());

    private final HappyStories task;
    private final Size size;
    private final Path reference;
    private final Path folder;
    private final long seed;
    private final Runs runs;

    /// @param reference the supervised fine-tuned model
    /// @param folder of this seed
    Experiment(HappyStories task, Size size, Path reference, Path folder, long seed) {
        this.task = task;
        this.size = size;
        this.reference = reference;
        this.folder = folder;
        this.seed = seed;
        runs = new Runs(size, reference, folder, seed);
    }

    /// Runs every method; gives where its policies stand.
    List<Point> run() {
        rank();
        Path reward = folder.resolve("reward");
        List<Point> points =
                new ArrayList<>(points("reference", () -> List.of(measured(reference, "reference", "", 0, 0))));
        points.addAll(points("best-of-n", () -> {
            runs.reward(reward);
            return bestOfN(reward);
        }));
        points.addAll(trained("SFT on the best", "", runs::sftOnBest));
        DPO_BETAS.forEach(beta -> points.addAll(trained("DPO", "β = " + beta, run -> runs.dpo(run, beta))));
        PPO_BETAS.forEach(beta -> points.addAll(trained("PPO", "β = " + beta, run -> runs.ppo(run, reward, beta))));
        return points;
    }

    /// Draws the reference's stories and has them ranked.
    private void rank() {
        Path rankings = folder.resolve("rankings.jsonl");
        if (Files.exists(rankings)) {
            return;
        }
        List<Instruction> asked = asked(RANKED + seed * size.prompts(), size.prompts());
        List<String> stories = drawn(asked, size.group());
        List<Object> rows = new ArrayList<>();
        List<Object> best = new ArrayList<>();
        for (int p = 0; p < asked.size(); p++) {
            List<String> group = stories.subList(p * size.group(), (p + 1) * size.group());
            Comparison ranked =
                    LABELER.compare(asked.get(p), group, task.judge(), CounterRandom.of(seed, "labeler"), p);
            Ranking ranking = (Ranking) ranked.judgement();
            Map<String, String> outputs = new LinkedHashMap<>();
            for (int i = 0; i < group.size(); i++) {
                outputs.put(ranked.ids().get(i), group.get(i));
            }
            String prompt = asked.get(p).prompt();
            rows.add(Map.of("prompt", prompt, "outputs", outputs, "ranking", ranking.toString()));
            best.add(Map.of(
                    "prompt",
                    prompt,
                    "completion",
                    outputs.getOrDefault(ranking.outputs().getFirst(), "")));
        }
        Lines.write(folder.resolve("best.jsonl"), best);
        Lines.write(rankings, rows);
    }

    private List<Point> bestOfN(Path reward) {
        List<Instruction> asked = asked(ASKED, size.questions());
        List<String> stories = drawn(asked, size.candidates());
        List<Instruction> each = IntStream.range(0, stories.size())
                .mapToObj(i -> asked.get(i / size.candidates()))
                .toList();
        double[] worths = IntStream.range(0, stories.size())
                .mapToDouble(i -> task.verdict(each.get(i), stories.get(i)).total())
                .toArray();
        return BestOf.of(worths, scores(reward, each, stories), size.candidates())
                .points(seed);
    }

    private static double[] scores(Path reward, List<Instruction> asked, List<String> stories) {
        try (Scope scope = Scope.open();
                RewardFunction model =
                        new RewardRule.Model(reward, SCORED_LENGTH).function(DType.FLOAT32, Device.CPU)) {
            return model.of(IntStream.range(0, stories.size())
                    .mapToObj(i -> new Attempt(
                            "", stories.get(i), 0, true, Map.of(), asked.get(i).toPrompt()))
                    .toList());
        }
    }

    /// Trains, and measures every checkpoint that the run leaves.
    private List<Point> trained(String method, String setting, Consumer<Path> training) {
        String name = (method + " " + setting).strip().replaceAll("[^A-Za-z0-9.]+", "-");
        return points(name, () -> {
            Path run = folder.resolve(name);
            long begun = System.nanoTime();
            training.accept(run);
            double seconds = (System.nanoTime() - begun) / 1e9;
            List<Checkpoint> saved = new RunFiles(run).checkpoints().list();
            double last = saved.getLast().step();
            return saved.stream()
                    .map(each -> measured(each.folder(), method, setting, each.step() / last, seconds))
                    .toList();
        });
    }

    private List<Point> points(String name, Supplier<List<Point>> measuring) {
        List<Point> points = Lines.kept(folder.resolve("points").resolve(name + ".json"), POINTS, measuring);
        points.forEach(point -> System.out.printf(
                Locale.ROOT,
                "seed %d  %-16s %-9s %3.0f %%  KL %6.2f  reward %.3f  fluency %.3f  tokens %3.0f  %4.0f s%n",
                point.seed(),
                point.method(),
                point.setting(),
                100 * point.share(),
                point.kl(),
                point.reward(),
                point.fluency(),
                point.tokens(),
                point.seconds()));
        return points;
    }

    private Point measured(Path policy, String method, String setting, double share, double seconds) {
        List<Instruction> asked = asked(ASKED, size.questions());
        try (Scope scope = Scope.open();
                LoadedModel own = LoadedModel.load(policy, DType.FLOAT32, Device.CPU, false);
                LoadedModel other = LoadedModel.load(reference, DType.FLOAT32, Device.CPU, false)) {
            List<Rollout> stories = Answers.draw(own, asked, 1, seed);
            double[] logps = Answers.logps(own, stories);
            double[] base = Answers.logps(other, stories);
            double kl = 0;
            double worth = 0;
            double fluency = 0;
            double tokens = 0;
            for (int i = 0; i < logps.length; i++) {
                kl += (logps[i] - base[i]) / logps.length;
                worth += task.verdict(asked.get(i), stories.get(i).text()).total() / logps.length;
                fluency += task.verdict(asked.get(i), stories.get(i).text()).fluency() / logps.length;
                tokens += stories.get(i).tokens().length / (double) logps.length;
            }
            return new Point(method, setting, seed, share, kl, worth, fluency, tokens, seconds);
        }
    }

    /// Stories of the reference.
    private List<String> drawn(List<Instruction> asked, int group) {
        try (Scope scope = Scope.open();
                LoadedModel loaded = LoadedModel.load(reference, DType.FLOAT32, Device.CPU, false)) {
            return Answers.draw(loaded, asked, group, seed).stream()
                    .map(Rollout::text)
                    .toList();
        }
    }

    private List<Instruction> asked(long first, int count) {
        return LongStream.range(first, first + count).mapToObj(task::asked).toList();
    }
}

package org.align4j.bench.flan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.align4j.config.Configuration;
import org.align4j.run.Chart;
import org.align4j.run.Interruption;
import org.align4j.run.Metrics;
import org.align4j.run.RunFiles;
import org.align4j.run.RunListener;
import org.align4j.train.Resume;
import org.align4j.train.sft.SftConfig;
import org.align4j.train.sft.SftTrainer;
import org.align4j.world.task.Instructions;
import org.align4j.world.task.Instructions.Split;

/// `EXPERIMENT.yaml [KEY=VALUE …]`: how many steps of fine-tuning on one task does an
/// instruction-tuned model need to come to the loss that the base model comes to? Begins with the
/// whole mixture's models of [Ablation]. Prints a table and writes it with plots.
public final class StartingPoint {
    /// Rates that both may choose from, as multiples of the experiment's: the best one counts.
    private static final List<Double> RATES = List.of(1.0, 4.0);

    private static final int TRAINED = 800;
    private static final int HELD_OUT = 48;
    private static final int STEP_TOKENS = 1024;

    private final Experiment experiment;

    private StartingPoint(Experiment experiment) {
        this.experiment = experiment;
    }

    public static void main(String[] arguments) throws IOException {
        Experiment experiment = Configuration.read(
                Experiment.class,
                Path.of(arguments[0]),
                Arrays.asList(arguments).subList(1, arguments.length));
        new StartingPoint(experiment).run();
    }

    /// The loss on held-out rows of the task after so many steps: step and loss.
    private record Curve(Map<Long, Double> losses) {
        double last() {
            return losses.values().stream().reduce((first, second) -> second).orElseThrow();
        }

        /// The first step at which the loss isn't above `loss`.
        OptionalLong reaches(double loss) {
            return losses.entrySet().stream()
                    .filter(point -> point.getValue() <= loss)
                    .mapToLong(Map.Entry::getKey)
                    .findFirst();
        }
    }

    private void run() throws IOException {
        StringBuilder text = new StringBuilder(
                "| task | seed | loss of the base at the end | steps, base | steps, tuned | loss of the tuned at the"
                        + " end |\n"
                        + "|---|---|---|---|---|---|\n");
        for (String family : experiment.tuningFamilies()) {
            List<Curve> base = new ArrayList<>();
            List<Curve> tuned = new ArrayList<>();
            for (long seed : experiment.seeds()) {
                Path data = data(family, seed);
                base.add(best("base", experiment.base(), family, data, seed));
                Path start = experiment.folder(Arm.WHOLE.name(), seed).resolve("run");
                tuned.add(best("tuned", start, family, data, seed));
                double goal = base.getLast().last();
                text.append(String.format(
                        Locale.ROOT,
                        "| %s | %d | %.4f | %s | %s | %.4f |%n",
                        family,
                        seed,
                        goal,
                        steps(base.getLast().reaches(goal)),
                        steps(tuned.getLast().reaches(goal)),
                        tuned.getLast().last()));
            }
            String plot = Plot.standalone(Chart.lines(
                    family + ": loss on held-out rows by steps of fine-tuning",
                    List.of(series("from the base", base), series("from the tuned", tuned))));
            Files.writeString(experiment.output().resolve("start-" + family + ".svg"), plot);
        }
        Files.writeString(experiment.output().resolve("start.md"), text);
        System.out.print(text);
    }

    private static String steps(OptionalLong steps) {
        return steps.isPresent() ? String.valueOf(steps.getAsLong()) : "not reached";
    }

    private Path data(String family, long seed) throws IOException {
        Path folder = experiment.output().resolve("start/data");
        Files.createDirectories(folder);
        Instructions instructions = new Instructions(seed);
        write(folder.resolve(family + "-" + seed + "-eval.jsonl"), instructions, family, TRAINED, HELD_OUT);
        Path train = folder.resolve(family + "-" + seed + ".jsonl");
        write(train, instructions, family, 0, TRAINED);
        return train;
    }

    private static void write(Path file, Instructions instructions, String family, long first, int count)
            throws IOException {
        Split split = instructions.families(Split.HELD_OUT_SKILLS).contains(family)
                ? Split.HELD_OUT_SKILLS
                : Split.HELD_OUT_FAMILIES;
        Files.writeString(
                file,
                LongStream.range(first, first + count)
                        .mapToObj(number ->
                                instructions.instruction(split, family, number).json(split, true))
                        .collect(Collectors.joining("\n", "", "\n")));
    }

    /// The curve of the rate that ends lowest.
    private Curve best(String name, Path from, String family, Path data, long seed) {
        return RATES.stream()
                .map(factor -> curve(name, from, family, data, seed, factor * experiment.tuningRate()))
                .min(java.util.Comparator.comparingDouble(Curve::last))
                .orElseThrow();
    }

    private Curve curve(String name, Path from, String family, Path data, long seed, double rate) {
        Path run = experiment.output().resolve("start").resolve(family + "-" + name + "-" + seed + "-" + rate);
        boolean begun = new RunFiles(run).exists();
        List<String> settings = new ArrayList<>(experiment.training(from, run, data, seed));
        settings.addAll(List.of(
                "data.eval=" + Experiment.quoted(Path.of(data.toString().replace(".jsonl", "-eval.jsonl"))),
                "max_tokens=" + Math.max(STEP_TOKENS, experiment.maxLength()),
                "max_steps=" + experiment.tuning(),
                "eval_every=4",
                "learning_rate=" + rate,
                "schedule=constant",
                "warmup_steps=0"));
        SftTrainer.run(
                Configuration.of(SftConfig.class, settings),
                begun ? Resume.EXACT : Resume.FRESH,
                RunListener.silent(),
                Interruption.manual());
        Map<Long, Double> losses = new LinkedHashMap<>();
        for (Metrics.Row row : Metrics.read(new RunFiles(run).metrics())) {
            double loss = row.values().getOrDefault(Metrics.EVAL_LOSS, Double.NaN);
            if (Double.isFinite(loss)) {
                losses.put(row.step(), loss);
            }
        }
        System.err.printf(Locale.ROOT, "%s: loss %.4f%n", run.getFileName(), new Curve(losses).last());
        return new Curve(losses);
    }

    /// The mean over the seeds.
    private static Chart.Series series(String name, List<Curve> curves) {
        List<Chart.Point> points = curves.getFirst().losses().keySet().stream()
                .map(step -> new Chart.Point(
                        step,
                        curves.stream()
                                .mapToDouble(curve -> curve.losses().getOrDefault(step, Double.NaN))
                                .average()
                                .orElse(Double.NaN)))
                .filter(point -> Double.isFinite(point.y()))
                .toList();
        return new Chart.Series(name, points);
    }
}

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
import org.align4j.config.Configuration;
import org.align4j.world.gold.Judge;
import org.align4j.world.task.WorldJudge;

/// `EXPERIMENT.yaml [KEY=VALUE …]`: what does each of Flan's ways of asking give on families that
/// were never trained on? Prints tables and writes them with a plot into the output folder. What
/// is there already isn't done again.
public final class Ablation {
    private Ablation() {}

    public static void main(String[] arguments) throws IOException {
        Experiment experiment = Configuration.read(
                Experiment.class,
                Path.of(arguments[0]),
                Arrays.asList(arguments).subList(1, arguments.length));
        Judge judge = WorldJudge.create();
        ArmRun runs = new ArmRun(experiment, new HeldOutTasks(experiment.questions()), judge);
        Map<String, List<ArmResult>> results = new LinkedHashMap<>();
        results.put("base", List.of(runs.base()));
        List<Arm> arms = Arm.named(experiment.arms());
        for (long seed : experiment.seeds()) {
            for (Arm arm : arms) {
                ArmResult result = runs.of(arm, seed);
                results.computeIfAbsent(arm.name(), name -> new ArrayList<>()).add(result);
                System.err.printf(
                        Locale.ROOT,
                        "%s, seed %d: %,d tokens, %.0f s; reward %.3f alone, %.3f after examples%n",
                        arm.name(),
                        seed,
                        result.tokens(),
                        result.seconds(),
                        mean(result, ArmResult.Item::zeroReward),
                        mean(result, ArmResult.Item::fewReward));
            }
        }
        AblationTables tables = new AblationTables(arms, results);
        Files.writeString(experiment.output().resolve("ablation.md"), tables.markdown());
        Files.writeString(experiment.output().resolve("ablation.svg"), tables.plot());
        System.out.print(tables.markdown());
        System.out.println("plot: " + experiment.output().resolve("ablation.svg"));
    }

    private static double mean(ArmResult result, java.util.function.ToDoubleFunction<ArmResult.Item> value) {
        return result.items().stream().mapToDouble(value).average().orElseThrow();
    }
}

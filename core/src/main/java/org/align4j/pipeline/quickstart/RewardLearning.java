package org.align4j.pipeline.quickstart;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.align4j.config.Configuration;
import org.align4j.data.Prompt;
import org.align4j.data.preference.Ranking;
import org.align4j.evaluate.EvaluationTable;
import org.align4j.evaluate.Figure;
import org.align4j.evaluate.Measurement;
import org.align4j.evaluate.SetResult;
import org.align4j.pipeline.quickstart.RankedAnswers.Row;
import org.align4j.rl.reward.Attempt;
import org.align4j.rl.reward.RewardFunction;
import org.align4j.rl.reward.RewardRule;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.train.reward.RewardConfig;
import org.align4j.train.reward.RewardTrainer;

/// The second stage: labelers rank answers of the instruction-tuned model, and a reward model
/// learns from their rankings. What it says of answers to other instructions is compared with what
/// they are worth, beside what the labelers say and mere chance.
final class RewardLearning {
    private static final int SAMPLES = 6;
    private static final int LENGTH = 512;

    private RewardLearning() {}

    static StageResult run(Course course) {
        // 1. answers, and what the labelers say of them
        Path learned = RankedAnswers.toLearnFrom(course);
        List<Row> tested = RankedAnswers.read(RankedAnswers.toTestOn(course));
        // 2. the reward model
        course.train(Stage.REWARD, training(course, learned), RewardTrainer::run);
        // 3. what it says of other answers
        List<Map<String, Double>> scores = scores(course, tested);
        List<SetResult> results = List.of(
                result("chance", tested, liking(tested, (row, id) -> 0)),
                result(
                        "labelers",
                        tested,
                        liking(
                                tested,
                                (row, id) -> -Ranking.parse(row.ranking()).place(id))),
                result("reward model", tested, scores));
        return new StageResult(
                Stage.REWARD,
                "Simulated labelers, each with their own taste and care, ranked four answers of the"
                        + " instruction-tuned model to each of "
                        + course.sizes().rankings()
                        + " requests for stories, ties allowed. The demonstrations end well or badly; the labelers like"
                        + " happy ends best. The reward model learned from these rankings. Here it says which of two"
                        + " stories is better (accuracy) and which of four is the best (reward: what that one is"
                        + " worth), of requests with names, places and combinations that it never saw.",
                course.run(Stage.REWARD),
                new EvaluationTable(results, course.settings().seed()),
                List.of(StageResult.Curve.LOSS, StageResult.Curve.of("Pairs told rightly", "training", "accuracy")),
                samples(tested, scores));
    }

    private static RewardConfig training(Course course, Path data) {
        return Configuration.of(
                RewardConfig.class,
                List.of(
                        "model=" + Course.quoted(course.run(Stage.SFT)),
                        "output=" + Course.quoted(course.run(Stage.REWARD)),
                        "data.train=" + Course.quoted(data),
                        "data.eval=" + Course.quoted(RankedAnswers.toTestOn(course)),
                        "data.max_length=" + LENGTH,
                        "seed=" + course.settings().seed(),
                        "precision=bf16",
                        // of answers that score the same, labelers tie about a quarter
                        "loss={type: rao_kupper, tie_strength: 1.7}",
                        "batch_size=4",
                        "max_tokens=2048",
                        "epochs=1",
                        "learning_rate=3e-4",
                        "keep=1"));
    }

    /// The reward model's scores of each row's outputs, by id.
    private static List<Map<String, Double>> scores(Course course, List<Row> rows) {
        List<Attempt> attempts = new ArrayList<>();
        for (Row row : rows) {
            row.outputs()
                    .values()
                    .forEach(text -> attempts.add(
                            new Attempt(row.prompt(), text, 0, true, Map.of(), Prompt.of("", row.prompt()))));
        }
        double[] all;
        try (Scope scope = Scope.open();
                RewardFunction model =
                        new RewardRule.Model(course.run(Stage.REWARD), LENGTH).function(DType.BFLOAT16, Device.CPU)) {
            all = model.of(attempts);
        }
        List<Map<String, Double>> scores = new ArrayList<>();
        int at = 0;
        for (Row row : rows) {
            Map<String, Double> byId = new LinkedHashMap<>();
            for (String id : row.outputs().keySet()) {
                byId.put(id, all[at++]);
            }
            scores.add(byId);
        }
        return scores;
    }

    /// How much somebody likes an output.
    private interface Liking {
        double of(Row row, String id);
    }

    private static List<Map<String, Double>> liking(List<Row> rows, Liking liking) {
        return rows.stream()
                .map(row -> {
                    Map<String, Double> byId = new LinkedHashMap<>();
                    row.outputs().keySet().forEach(id -> byId.put(id, liking.of(row, id)));
                    return byId;
                })
                .toList();
    }

    /// How well somebody tells answers apart who likes them so much.
    private static SetResult result(String name, List<Row> rows, List<Map<String, Double>> liking) {
        List<double[]> accuracy = new ArrayList<>();
        List<double[]> reward = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            accuracy.add(rightPairs(rows.get(i).gold(), liking.get(i)));
            reward.add(Figure.value(worthOfBest(rows.get(i).gold(), liking.get(i))));
        }
        return new SetResult(
                name,
                "world_held_out_rankings",
                rows.size(),
                List.of(
                        new Measurement("accuracy", accuracy, Figure.MEAN, true),
                        new Measurement("reward", reward, Figure.MEAN, true)),
                List.of());
    }

    /// Pairs of answers of different worth that are told rightly, equal liking counting half; and
    /// all such pairs.
    static double[] rightPairs(Map<String, Double> gold, Map<String, Double> liking) {
        double right = 0;
        double pairs = 0;
        for (Map.Entry<String, Double> better : gold.entrySet()) {
            for (Map.Entry<String, Double> worse : gold.entrySet()) {
                if (better.getValue() > worse.getValue()) {
                    pairs++;
                    double told = of(liking, better.getKey()) - of(liking, worse.getKey());
                    right += told > 0 ? 1 : told == 0 ? 0.5 : 0;
                }
            }
        }
        return new double[] {right, pairs};
    }

    /// What the answer is worth that is liked most; the mean of several that are.
    static double worthOfBest(Map<String, Double> gold, Map<String, Double> liking) {
        double most =
                liking.values().stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        return liking.keySet().stream()
                .filter(id -> of(liking, id) == most)
                .mapToDouble(id -> of(gold, id))
                .average()
                .orElseThrow();
    }

    private static double of(Map<String, Double> byId, String id) {
        return Objects.requireNonNull(byId.get(id), id);
    }

    private static List<StageResult.Sample> samples(List<Row> rows, List<Map<String, Double>> scores) {
        List<StageResult.Sample> samples = new ArrayList<>();
        for (int i = 0; i < Math.min(SAMPLES, rows.size()); i++) {
            Row row = rows.get(i);
            Map<String, Double> ofRow = scores.get(i);
            String best = ofRow.entrySet().stream()
                    .max(Map.Entry.comparingByValue())
                    .orElseThrow()
                    .getKey();
            samples.add(new StageResult.Sample(
                    row.tags().getFirst(),
                    row.prompt(),
                    List.of(
                            said("drawn first", row, row.outputs().firstEntry().getKey()),
                            said("the reward model's choice", row, best))));
        }
        return samples;
    }

    private static StageResult.Said said(String who, Row row, String id) {
        return new StageResult.Said(
                String.format(Locale.ROOT, "%s, worth %.2f", who, of(row.gold(), id)),
                Objects.requireNonNull(row.outputs().get(id), id));
    }
}

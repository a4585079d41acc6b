package org.align4j.bench.flan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.align4j.bench.flan.ArmResult.Item;
import org.align4j.evaluate.Difference;
import org.align4j.evaluate.Interval;
import org.align4j.evaluate.Measurement;
import org.align4j.run.Chart;

/// The ablation's results in words.
///
/// @param results of each arm, one a seed
record AblationTables(List<Arm> arms, Map<String, List<ArmResult>> results) {
    private static final List<Column> COLUMNS = List.of(
            new Column("reward, alone", Item::zeroReward),
            new Column("reward, after examples", Item::fewReward),
            new Column("loss, alone", Item::zeroLoss),
            new Column("loss, after examples", Item::fewLoss));

    AblationTables {
        arms = List.copyOf(arms);
    }

    private record Column(String title, ToDoubleFunction<Item> value) {}

    String markdown() {
        StringBuilder text = new StringBuilder();
        List<String> questions = arms.stream()
                .map(Arm::question)
                .filter(question -> !question.isEmpty())
                .distinct()
                .toList();
        for (String question : questions) {
            List<String> names = new ArrayList<>(List.of("whole"));
            arms.stream()
                    .filter(arm -> arm.question().equals(question))
                    .map(Arm::name)
                    .forEach(names::add);
            table(question + ", all held-out families", names, item -> true, text);
            if (names.contains("no_steps")) {
                table(
                        question + ", only " + String.join(" and ", HeldOutTasks.WORKED),
                        names,
                        AblationTables::isWorked,
                        text);
            }
        }
        seeds(text);
        text.append("In brackets: the difference from the whole mixture, its 95 % paired bootstrap interval and p"
                + " (10,000 draws of questions and seeds).\n");
        return text.toString();
    }

    private void table(String title, List<String> names, Predicate<Item> which, StringBuilder text) {
        text.append("### ").append(title).append("\n\n| arm | tokens");
        COLUMNS.forEach(column -> text.append(" | ").append(column.title()));
        text.append(" |\n").append("|---".repeat(COLUMNS.size() + 2)).append("|\n");
        for (String name : names) {
            text.append("| ").append(name).append(" | ").append(tokens(name));
            for (Column column : COLUMNS) {
                Measurement whole = ArmResult.of("whole", of("whole"), which, column.value());
                Measurement own = ArmResult.of(name, of(name), which, column.value());
                text.append(" | ").append(number(own.value()));
                if (!name.equals("whole")) {
                    whole.difference(own, 0).ifPresent(difference -> text.append(brackets(difference)));
                }
            }
            text.append(" |\n");
        }
        text.append('\n');
    }

    private void seeds(StringBuilder text) {
        text.append("### Every seed: reward alone / after examples\n\n| arm | by seed |\n|---|---|\n");
        results.forEach((name, each) -> text.append("| ")
                .append(name)
                .append(" | ")
                .append(each.stream()
                        .map(result -> "seed " + result.seed() + ": " + number(of(result, Item::zeroReward)) + " / "
                                + number(of(result, Item::fewReward)))
                        .collect(Collectors.joining("; ")))
                .append(" |\n"));
        text.append('\n');
    }

    /// Rewards of all arms with intervals.
    String plot() {
        List<List<Chart.Whisker>> groups = new ArrayList<>();
        for (Column column : COLUMNS.subList(0, 2)) {
            groups.add(results.keySet().stream()
                    .map(name -> {
                        Measurement measured = ArmResult.of(name, of(name), item -> true, column.value());
                        Interval interval =
                                measured.interval(0).orElse(new Interval(measured.value(), measured.value()));
                        return new Chart.Whisker(
                                name.replace('_', ' '), measured.value(), interval.low(), interval.high());
                    })
                    .toList());
        }
        return Plot.standalone(Chart.intervals(
                "rewards on held-out families with 95 % intervals", List.of("alone", "after examples"), groups));
    }

    private static boolean isWorked(Item item) {
        return HeldOutTasks.WORKED.contains(item.family());
    }

    private List<ArmResult> of(String arm) {
        return Objects.requireNonNull(results.get(arm), arm);
    }

    private static double of(ArmResult result, ToDoubleFunction<Item> value) {
        return ArmResult.of("", List.of(result), item -> true, value).value();
    }

    private String tokens(String arm) {
        return String.format(
                Locale.ROOT,
                "%,.0f",
                of(arm).stream().mapToLong(ArmResult::tokens).average().orElse(0));
    }

    private static String brackets(Difference difference) {
        return String.format(
                Locale.ROOT,
                " (%+.3f [%+.3f, %+.3f], p %s)",
                difference.value(),
                difference.interval().low(),
                difference.interval().high(),
                difference.p() < 0.001 ? "< 0.001" : String.format(Locale.ROOT, "%.3f", difference.p()));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}

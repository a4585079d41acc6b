package org.align4j.data.flan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.align4j.data.flan.prompt.PromptedExample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Over 100,000 draws, shares are what the recipe says, within five standard errors.
class PromptRatesTest {
    private static final int DRAWS = 100_000;

    @TempDir
    private Path folder;

    private static void assertShare(long count, double share) {
        double error = Math.sqrt(share * (1 - share) / DRAWS);
        assertThat((double) count / DRAWS).isBetween(share - 5 * error, share + 5 * error);
    }

    private static Map<String, Long> counts(List<PromptedExample> prompts, Function<PromptedExample, String> key) {
        return prompts.stream().collect(Collectors.groupingBy(key, Collectors.counting()));
    }

    @Test
    void promptTypesShotsAndMethodsHaveTheirShares() {
        List<PromptedExample> prompts = new Fixture(folder).rendered("a", 50, 3).prompts("""
                        examples: %d
                        tasks: {t: {files: DATA/a.jsonl, format: p3}}
                        mixtures: {all: {prompts: {few_shot: 0.4, shots: [5, 2, 1], inversion: 0.3, channel: 0.1}}}
                        """.formatted(DRAWS));

        Map<String, Long> types = counts(prompts, example -> example.type().label());
        assertShare(types.get("few_shot"), 0.4);
        assertShare(types.get("zero_shot"), 0.6);
        Map<String, Long> methods = counts(prompts, example -> example.method().label());
        assertShare(methods.get("inverted"), 0.3);
        assertShare(methods.get("channel"), 0.1);
        assertShare(methods.get("plain"), 0.6);
        Map<String, Long> shots = counts(prompts, example -> String.valueOf(example.shots()));
        for (String count : List.of("1", "2", "5")) {
            assertShare(shots.get(count), 0.4 / 3);
        }
        Map<String, Long> templates = counts(
                prompts.stream()
                        .filter(example -> example.method().label().equals("plain"))
                        .toList(),
                PromptedExample::template);
        assertThat(templates).hasSize(3);
        templates.values().forEach(count -> assertShare(count, 0.6 / 3));
    }

    @Test
    void reasoningAndOptionsHaveTheirShares() {
        List<PromptedExample> prompts = new Fixture(folder)
                .file(
                        "a.tsv",
                        "Is it?\\nOptions:\\n- yes\\n- no\tyes\tIt is.\nWhat?\\nOptions:\\n- yes\\n- no\tno\tNo.\n")
                .prompts("""
                        examples: %d
                        tasks: {t: {files: DATA/a.tsv, format: cot}}
                        mixtures: {all: {prompts: {few_shot: 0, reasoning: 0.7, options: 0.25, inversion: 0}}}
                        """.formatted(DRAWS));

        assertShare(counts(prompts, example -> example.type().label()).get("cot_zero_shot"), 0.7);
        long shown = prompts.stream()
                .filter(example -> example.prompt().contains("yes\n"))
                .count();
        assertShare(shown, 0.25);
    }

    @Test
    void weightsOfMixturesAndCapsOfTasksHold() {
        List<PromptedExample> prompts = new Fixture(folder)
                .rendered("big", 900, 2)
                .rendered("small", 100, 2)
                .rendered("other", 10, 2)
                .prompts("""
                        examples: %d
                        tasks: {t: {files: DATA/*.jsonl, format: p3}}
                        mix: both
                        mixtures:
                          both: {parts: {sized: 0.75, rest: 0.25}}
                          sized: {tasks: [t/big, t/small], cap: 300, prompts: {few_shot: 0}}
                          rest: {tasks: [t/other], prompts: {few_shot: 0}}
                        """.formatted(DRAWS));

        // quotas are exact, better than sampling: 0.75 in parts of 300 and 100
        assertThat(counts(prompts, PromptedExample::task))
                .isEqualTo(Map.of("t/big", 56_250L, "t/small", 18_750L, "t/other", 25_000L));
    }

    @Test
    void temperatureMakesSizesMoreEven() {
        List<PromptedExample> prompts = new Fixture(folder)
                .rendered("big", 400, 2)
                .rendered("small", 100, 2)
                .prompts("""
                        examples: 3000
                        tasks: {t: {files: DATA/*.jsonl, format: p3}}
                        mixtures: {all: {temperature: 2, prompts: {few_shot: 0}}}
                        """);

        // square roots: 20 to 10
        assertThat(counts(prompts, PromptedExample::task)).isEqualTo(Map.of("t/big", 2000L, "t/small", 1000L));
    }

    @Test
    void everyExampleIsSeenOnceAPass() {
        List<PromptedExample> prompts = new Fixture(folder).rendered("a", 70, 2).prompts("""
                        examples: 210
                        tasks: {t: {files: DATA/a.jsonl, format: p3}}
                        mixtures: {all: {prompts: {few_shot: 0}}}
                        """);

        Map<Long, Integer> seen = new HashMap<>();
        prompts.forEach(example -> seen.merge(example.source().line(), 1, Integer::sum));
        assertThat(seen).hasSize(70);
        assertThat(seen.values()).containsOnly(3);
    }

    @Test
    void whatATaskCannotGiveTheOthersDo() {
        List<PromptedExample> prompts =
                new Fixture(folder).rendered("a", 10, 2).rendered("b", 100, 2).prompts("""
                        examples: 100
                        max_epochs: 2
                        tasks: {t: {files: DATA/*.jsonl, format: p3}}
                        mix: both
                        mixtures:
                          both: {parts: {first: 0.5, second: 0.5}}
                          first: {tasks: [t/a]}
                          second: {tasks: [t/b]}
                        """);

        assertThat(counts(prompts, PromptedExample::task)).isEqualTo(Map.of("t/a", 20L, "t/b", 80L));
    }

    @Test
    void heldOutFamiliesAreLeftOut() {
        List<PromptedExample> prompts = new Fixture(folder)
                .rendered("sum_one", 10, 2)
                .rendered("sum_two", 10, 2)
                .rendered("sort_one", 10, 2)
                .prompts("""
                        tasks: {t: {files: DATA/*.jsonl, format: p3, families: [sum, sort]}}
                        mixtures: {all: {except: [sum]}}
                        """);

        assertThat(prompts).hasSize(10).allMatch(example -> example.family().equals("sort"));
    }
}

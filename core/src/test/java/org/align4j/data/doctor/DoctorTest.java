package org.align4j.data.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.align4j.data.doctor.Finding.Check;
import org.align4j.data.format.FormatOptions;
import org.align4j.error.AlignException;
import org.align4j.random.CounterRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Each fault is found where it is, and healthy data is healthy.
class DoctorTest {
    @TempDir
    private Path folder;

    private record Pair(String prompt, String completion) {}

    private Path file(String name, List<Pair> rows) throws IOException {
        Path file = folder.resolve(name);
        Files.write(
                file, rows.stream().map(JsonMapper.shared()::writeValueAsString).toList());
        return file;
    }

    private Diagnosis examine(List<Pair> rows) throws IOException {
        return new Doctor(FormatOptions.DEFAULT, 0.8)
                .examine(List.of(file("a.jsonl", rows).toString()));
    }

    /// `count` words that no other `seed` has in this order.
    private static String words(int count, long seed) {
        CounterRandom random = CounterRandom.of(seed, "words");
        return IntStream.range(0, count)
                .mapToObj(i -> "word" + random.below(500, i))
                .collect(Collectors.joining(" "));
    }

    private static Finding finding(Diagnosis diagnosis, Check check) {
        return diagnosis.findings().stream()
                .filter(finding -> finding.check() == check)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void healthyDataHasNoFindings() throws IOException {
        Diagnosis diagnosis = examine(IntStream.range(0, 50)
                .mapToObj(i -> new Pair(words(30, i) + "?", words(60, 100 + i) + "."))
                .toList());

        assertThat(diagnosis.findings()).allMatch(finding -> finding.count() == 0);
        assertThat(diagnosis.isIll(true, 0)).isFalse();
        assertThat(diagnosis.examples()).isEqualTo(50);
    }

    @Test
    void exactDuplicatesNameBothPlaces() throws IOException {
        Diagnosis diagnosis =
                examine(List.of(new Pair(words(20, 1), "x"), new Pair(words(20, 2), "x"), new Pair(words(20, 1), "x")));

        Finding found = finding(diagnosis, Check.DUPLICATE);
        assertThat(found.count()).isEqualTo(1);
        assertThat(found.places().getFirst()).contains("a.jsonl:3 equals", "a.jsonl:1");
        assertThat(finding(diagnosis, Check.NEAR_DUPLICATE).count()).isZero();
        assertThat(diagnosis.isIll(false, 0)).isTrue();
        assertThat(diagnosis.isIll(false, 0.5)).isFalse();
    }

    @Test
    void textsThatDifferInAWordAreNearDuplicates() throws IOException {
        String text = words(200, 1);
        Diagnosis diagnosis = examine(List.of(
                new Pair(text, "yes"),
                new Pair(text.replaceFirst("word\\d+", "other"), "yes"),
                new Pair(words(200, 2), "yes")));

        assertThat(finding(diagnosis, Check.NEAR_DUPLICATE).places())
                .singleElement()
                .asString()
                .contains("a.jsonl:2 is like", "a.jsonl:1");
        assertThat(diagnosis.isIll(false, 0)).isFalse();
        assertThat(diagnosis.isIll(true, 0)).isTrue();
    }

    @Test
    void thirteenWordsInARowOverlap() throws IOException {
        String shared = words(13, 7);
        Path evaluation = folder.resolve("test.jsonl");
        Files.writeString(
                evaluation, "{\"question\": \"So: %s!\", \"answer\": \"1\"}\n".formatted(shared.toUpperCase()));
        Doctor doctor = new Doctor(FormatOptions.DEFAULT, 2);
        doctor.against(List.of(evaluation.toString()));

        Diagnosis diagnosis = doctor.examine(List.of(file(
                        "a.jsonl",
                        List.of(
                                new Pair(words(10, 1) + " " + shared + " " + words(10, 2), "a"),
                                new Pair(shared.substring(0, shared.lastIndexOf(' ')) + " more", "b")))
                .toString()));

        assertThat(finding(diagnosis, Check.OVERLAP).places())
                .singleElement()
                .asString()
                .contains("a.jsonl:1 shares with", "test.jsonl:1");
    }

    @Test
    void overlapsStandInListsToo() throws IOException {
        String shared = words(13, 7);
        Path evaluation = folder.resolve("test.jsonl");
        Files.writeString(evaluation, "{\"q\": 1, \"choices\": [\"no\", \"%s\"]}\n".formatted(shared));
        Doctor doctor = new Doctor(FormatOptions.DEFAULT, 2);
        doctor.against(List.of(evaluation.toString()));

        Diagnosis diagnosis = doctor.examine(List.of(
                file("a.jsonl", List.of(new Pair("Say: " + shared, "a"))).toString()));

        assertThat(finding(diagnosis, Check.OVERLAP).count()).isEqualTo(1);
    }

    @Test
    void evaluationDataThatCannotBeReadIsRefused() throws IOException {
        Path evaluation = folder.resolve("test.jsonl");
        Files.writeString(evaluation, "{\"question\": \"cut o");
        Doctor doctor = new Doctor(FormatOptions.DEFAULT, 2);

        assertThatThrownBy(() -> doctor.against(List.of(evaluation.toString())))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("test.jsonl:1");
    }

    @Test
    void emptyTargetsAndMarksAreFaults() throws IOException {
        Diagnosis diagnosis = examine(List.of(
                new Pair("a?", "<|endoftext|>"), new Pair("{{ premise }} is it?", "b"), new Pair("c {input}", "d")));

        assertThat(finding(diagnosis, Check.EMPTY).count()).isEqualTo(1);
        assertThat(finding(diagnosis, Check.MARKS).places())
                .satisfiesExactly(
                        first -> assertThat(first).endsWith("a.jsonl:2: {{"),
                        second -> assertThat(second).endsWith("a.jsonl:3: {input}"));
    }

    @Test
    void answersInThePromptAndCutTargetsAreWarnings() throws IOException {
        String answer = words(12, 1) + ".";
        Diagnosis diagnosis =
                examine(List.of(new Pair("Say: " + answer, answer), new Pair("Go on.", words(50, 2) + " and")));

        assertThat(finding(diagnosis, Check.LEAKED).places())
                .singleElement()
                .asString()
                .contains("a.jsonl:1");
        assertThat(finding(diagnosis, Check.TRUNCATED).places())
                .singleElement()
                .asString()
                .contains("a.jsonl:2", "and");
    }

    @Test
    void tasksWithOneAnswerAreNoted() throws IOException {
        Diagnosis diagnosis = examine(IntStream.range(0, 100)
                .mapToObj(i -> new Pair(words(20, i), i < 95 ? "no" : "yes"))
                .toList());

        assertThat(finding(diagnosis, Check.ONE_CLASS).places())
                .singleElement()
                .asString()
                .contains("95 % no");
        assertThat(diagnosis.tasks().values())
                .singleElement()
                .satisfies(task -> assertThat(task.answers()).containsEntry("yes", 5L));
    }

    @Test
    void thePageEscapesWhatItShows() throws IOException {
        String page = DiagnosisPage.of(examine(List.of(new Pair("a {{<script>", "b"), new Pair("a {{<script>", "b"))));

        assertThat(page).contains("exact duplicates").doesNotContain("<script").doesNotContain("http");
    }
}

package org.align4j.data.flan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.align4j.data.DataReport;
import org.align4j.data.Example;
import org.align4j.data.format.ExampleReader;
import org.align4j.data.format.FormatOptions;
import org.align4j.data.rows.ReadOptions;
import org.align4j.data.rows.Rows;
import org.align4j.error.AlignException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The files of a mixture.
class MixWriterTest {
    private static final String RECIPE = """
            examples: 2000
            shard_examples: 150
            tasks: {t: {files: DATA/*.jsonl, format: p3}}
            """;

    @TempDir
    private Path folder;

    private Fixture fixture = new Fixture(Path.of("."));

    @BeforeEach
    void writeTasks() {
        fixture = new Fixture(folder).rendered("a", 300, 3).rendered("b", 40, 2).rendered("c", 7, 2);
    }

    private Optional<Manifest> write(String recipe, Path out, int part, int parts, int threads) {
        try (Mixture mixture = fixture.open(recipe)) {
            return new MixWriter(mixture, out, written -> {}, () -> false).write(part, parts, threads);
        }
    }

    /// Names and contents of all files but records of progress.
    private static Map<String, String> contents(Path out) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.list(out)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(file.getFileName().toString(), Hashes.sha256(file));
            }
        }
        return contents;
    }

    @Test
    void theBytesDoNotDependOnThreads() throws IOException {
        write(RECIPE, folder.resolve("one"), 0, 1, 1);
        write(RECIPE, folder.resolve("four"), 0, 1, 4);

        assertThat(contents(folder.resolve("four")))
                .isEqualTo(contents(folder.resolve("one")))
                .hasSize(15);
    }

    @Test
    void everyLineIsAnObject() throws IOException {
        write(RECIPE + "compression: none\n", folder.resolve("plain"), 0, 1, 1);

        assertThat(Files.readAllLines(folder.resolve("plain/part-00000.jsonl")))
                .hasSizeBetween(140, 160)
                .allMatch(line -> line.startsWith("{") && line.endsWith("}"));
    }

    @Test
    void parquetHoldsTheSameRowsAsLinesOfJson() throws IOException {
        write(RECIPE, folder.resolve("lines"), 0, 1, 2);
        write(RECIPE + "format: parquet\n", folder.resolve("tables"), 0, 1, 2);

        assertThat(rows(folder.resolve("tables"), "*.parquet"))
                .isEqualTo(rows(folder.resolve("lines"), "*.jsonl.zst"))
                .hasSize(2000);
    }

    private static List<Map<String, ?>> rows(Path out, String files) {
        List<Map<String, ?>> read = new ArrayList<>();
        try (Rows rows = Rows.open(List.of(out.resolve(files).toString()), ReadOptions.DEFAULT, new DataReport())) {
            rows.forEachRemaining(row -> read.add(row.fields()));
        }
        return read;
    }

    @Test
    void anotherSeedGivesOtherBytes() throws IOException {
        write(RECIPE, folder.resolve("one"), 0, 1, 2);
        write(RECIPE + "seed: 1\n", folder.resolve("two"), 0, 1, 2);

        assertThat(contents(folder.resolve("two")).get("part-00000.jsonl.zst"))
                .isNotEqualTo(contents(folder.resolve("one")).get("part-00000.jsonl.zst"));
    }

    @Test
    void partsOfIndependentProcessesAreTheWhole() throws IOException {
        write(RECIPE, folder.resolve("whole"), 0, 1, 2);
        List<Map<String, String>> parts = new ArrayList<>();
        for (int part = 0; part < 3; part++) {
            assertThat(write(RECIPE, folder.resolve("part" + part), part, 3, 2)).isEmpty();
            parts.add(contents(folder.resolve("part" + part)));
        }

        Map<String, String> union = new TreeMap<>();
        parts.forEach(union::putAll);
        assertThat(union).hasSize(parts.stream().mapToInt(Map::size).sum());
        Map<String, String> whole = contents(folder.resolve("whole"));
        whole.remove("manifest.json");
        assertThat(union).isEqualTo(whole);
    }

    @Test
    void partsInOneFolderEndWithTheManifest() throws IOException {
        write(RECIPE, folder.resolve("whole"), 0, 1, 2);
        for (int part = 0; part < 3; part++) {
            assertThat(write(RECIPE, folder.resolve("shared"), part, 3, 2).isPresent())
                    .isEqualTo(part == 2);
        }

        assertThat(contents(folder.resolve("shared"))).isEqualTo(contents(folder.resolve("whole")));
    }

    @Test
    void anInterruptedRunGoesOnToTheSameBytes() throws IOException {
        write(RECIPE, folder.resolve("whole"), 0, 1, 1);
        Path out = folder.resolve("out");
        AtomicInteger looks = new AtomicInteger();
        try (Mixture mixture = fixture.open(RECIPE.replace("150", "1500"))) {
            MixWriter writer = new MixWriter(mixture, out, written -> {}, () -> looks.incrementAndGet() > 2);
            assertThatThrownBy(() -> writer.write(0, 1, 1)).isInstanceOf(CancellationException.class);
        }
        assertThat(contents(out)).isEmpty();

        Path again = folder.resolve("again");
        try (Mixture mixture = fixture.open(RECIPE)) {
            // stops after some files
            MixWriter writer = new MixWriter(mixture, again, written -> {}, () -> false);
            writer.write(0, 2, 1);
        }
        int before = contents(again).size();
        write(RECIPE, again, 0, 1, 2);

        assertThat(before).isEqualTo(7);
        assertThat(contents(again)).isEqualTo(contents(folder.resolve("whole")));
    }

    @Test
    void aFolderWithAnotherMixtureIsRefused() {
        Path out = folder.resolve("out");
        write(RECIPE, out, 0, 1, 1);

        assertThatThrownBy(() -> write(RECIPE + "seed: 3\n", out, 0, 1, 1))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("another recipe, seed or data");
    }

    @Test
    void aFolderOfOtherTemplatesOrDefinitionsIsRefused() {
        String natural = """
                {"Definition": ["Do it."], "Instances": [{"input": "x", "output": ["y"]}]}
                """;
        fixture.file("own.yaml", "answer: [{prompt: \"{input}\"}]").file("n/t.json", natural);
        String recipe = """
                tasks:
                  t: {files: DATA/a.jsonl, format: p3, templates: own}
                  n: {files: DATA/n/*.json, format: natural_instructions}
                templates: {own: DATA/own.yaml}
                """;
        Path out = folder.resolve("out");
        Manifest manifest = write(recipe, out, 0, 1, 1).orElseThrow();
        assertThat(manifest.inputs()).containsKey(folder.resolve("own.yaml").toString());

        fixture.file("own.yaml", "answer: [{prompt: \"Say: {input}\"}]");
        assertThatThrownBy(() -> write(recipe, out, 0, 1, 1)).isInstanceOf(AlignException.Config.class);
        fixture.file("own.yaml", "answer: [{prompt: \"{input}\"}]").file("n/t.json", natural.replace("it", "that"));
        assertThatThrownBy(() -> write(recipe, out, 0, 1, 1)).isInstanceOf(AlignException.Config.class);
        fixture.file("n/t.json", natural);
        assertThat(write(recipe, out, 0, 1, 1)).contains(manifest);
    }

    @Test
    void aRunOfSmallFilesCanBeInterrupted() throws IOException {
        Path out = folder.resolve("out");
        AtomicInteger looks = new AtomicInteger();
        try (Mixture mixture = fixture.open(RECIPE.replace("150", "10"))) {
            MixWriter writer = new MixWriter(mixture, out, written -> {}, () -> looks.incrementAndGet() > 3);
            assertThatThrownBy(() -> writer.write(0, 1, 1)).isInstanceOf(CancellationException.class);
        }
        assertThat(contents(out)).hasSize(3);
    }

    @Test
    void aFailingPromptLeavesNothingHalfWritten() throws IOException {
        fixture.file("own.yaml", "answer: [{prompt: \"{input} {hint}\"}]")
                .file("d/x.jsonl", "{\"q\": \"a\", \"y\": \"b\", \"hint\": \"h\"}\n{\"q\": \"c\", \"y\": \"d\"}\n");
        String recipe = """
                on_error: fail
                tasks: {t: {files: DATA/d/x.jsonl, format: {type: columns, input: q, target: y}, templates: own}}
                templates: {own: DATA/own.yaml}
                mixtures: {all: {prompts: {few_shot: 0, inversion: 0}}}
                """;

        assertThatThrownBy(() -> write(recipe, folder.resolve("out"), 0, 1, 2))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("x.jsonl:2: t/x: template own/answer/0 asks for {hint}");
        assertThat(contents(folder.resolve("out"))).isEmpty();

        Optional<Manifest> manifest = write(recipe.replace("fail", "skip"), folder.resolve("skipping"), 0, 1, 2);
        assertThat(manifest.orElseThrow().examples()).isEqualTo(1);
        assertThat(manifest.orElseThrow().refused().values())
                .singleElement()
                .satisfies(refused -> assertThat(refused.count()).isEqualTo(1));
    }

    @Test
    void theManifestCountsWhatFilesHoldAndSftReadsThem() throws IOException {
        Path out = folder.resolve("out");
        Manifest manifest = write(RECIPE, out, 0, 1, 2).orElseThrow();

        DataReport report = new DataReport();
        List<Example> examples = new ArrayList<>();
        try (Rows rows = Rows.open(List.of(out + "/*.jsonl.zst"), ReadOptions.DEFAULT, report)) {
            examples.addAll(new ExampleReader(FormatOptions.DEFAULT, report).readAll(rows));
        }
        assertThat(examples).hasSize(2000).allMatch(example -> example instanceof Example.PromptCompletion);
        assertThat(manifest.examples()).isEqualTo(2000);
        assertThat(manifest.counts().stream().mapToLong(Manifest.Kind::examples).sum())
                .isEqualTo(2000);
        assertThat(manifest.shards())
                .allSatisfy(shard ->
                        assertThat(Hashes.sha256(out.resolve(shard.file()))).isEqualTo(shard.sha256()));
        assertThat(manifest.inputs())
                .containsEntry(folder.resolve("a.jsonl").toString(), Hashes.sha256(folder.resolve("a.jsonl")));
    }
}

package org.align4j.cli;

import static org.align4j.testing.Shared.goldenCase;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.align4j.testing.Shared;
import org.align4j.testing.TensorFile;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// `align4j merge` on PEFT's adapters: the weights that PEFT folds.
class MergeGoldenTest {
    private static final double TOLERANCE = 1e-5;

    @TestFactory
    List<DynamicTest> writesTheWeightsThatPeftFolds(@TempDir Path folder) {
        return Shared.goldenFolders("lora", "cases.safetensors").stream()
                .map(adapter -> goldenCase("lora", adapter.getFileName() + " merged", () -> {
                    Path work = Files.createDirectory(folder.resolve(adapter.getFileName()));
                    merge(base(work.resolve("base")), adapter, work.resolve("merged"), 0);
                    try (TensorFile cases = new TensorFile(adapter.resolve("cases.safetensors"));
                            TensorFile merged = new TensorFile(work.resolve("merged"))) {
                        for (String name : cases.names()) {
                            if (name.startsWith("merged.")) {
                                assertThat(merged.floats(name.substring("merged.".length())))
                                        .containsExactly(cases.floats(name), offset((float) TOLERANCE));
                            }
                        }
                    }
                }))
                .toList();
    }

    @TestFactory
    List<DynamicTest> anAdapterOfAnotherBaseIsOneErrorWithItsCode(@TempDir Path folder) {
        return Shared.goldenFolders("lora", "cases.safetensors").stream()
                .limit(1)
                .map(adapter -> goldenCase("lora", adapter.getFileName() + " on another base", () -> {
                    Path other = folder.resolve("other");
                    copy(Shared.golden("models/gpt2"), other);
                    String message = merge(other, adapter, folder.resolve("merged"), 4);
                    assertThat(message).startsWith("align4j: ").contains("another base");
                    assertThat(folder.resolve("merged")).doesNotExist();
                }))
                .toList();
    }

    private static String merge(Path base, Path adapter, Path output, int code) {
        StringWriter err = new StringWriter();
        int exit = Align4j.commandLine()
                .setErr(new PrintWriter(err, true))
                .execute("merge", "--model", base.toString(), "--adapter", adapter.toString(), "--output", "" + output);
        assertThat(exit).as(err.toString()).isEqualTo(code);
        return err.toString();
    }

    /// The adapters' base, with a tokenizer that it lacks.
    private static Path base(Path folder) throws IOException {
        String base =
                Shared.json(Shared.golden("lora/info.json")).get("base_model").asString();
        copy(Shared.golden(base), folder);
        return folder;
    }

    private static void copy(Path model, Path folder) throws IOException {
        Files.createDirectory(folder);
        copyFiles(Shared.data("tokenizers/smollm2"), folder);
        copyFiles(model, folder);
    }

    private static void copyFiles(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            files.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith("cases.safetensors"))
                    .forEach(file -> copyFile(file, to.resolve(file.getFileName())));
        }
    }

    private static void copyFile(Path from, Path to) {
        try {
            Files.copy(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

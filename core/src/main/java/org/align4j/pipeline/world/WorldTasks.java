package org.align4j.pipeline.world;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.align4j.error.AlignException;
import org.align4j.run.DurableFiles;
import org.align4j.world.task.Instruction;
import org.align4j.world.task.Instructions;
import org.align4j.world.task.Instructions.Split;
import tools.jackson.databind.json.JsonMapper;

/// The small world's families as tasks of the Flan engine: a folder with a file a family, templates
/// in the world's own words, and a recipe that mixes them. `align4j data mix` writes the mixture,
/// `align4j sft` draws it from the recipe itself.
public final class WorldTasks {
    private static final String RECIPE = "recipe.yaml";

    /// Families whose answers work something out and end in a sentence with the result.
    private static final Set<String> WORKED = Set.of("add", "subtract", "word_problem", "sort_numbers");

    /// Sets of tasks, each with templates of its own.
    private enum Kind {
        PLAIN("plain"),
        TEXT("text"),
        STEPS("steps");

        private final String folder;

        Kind(String folder) {
            this.folder = folder;
        }

        static Kind of(Instruction instruction) {
            if (WORKED.contains(instruction.family())) {
                return STEPS;
            }
            return instruction.given().isEmpty() ? PLAIN : TEXT;
        }
    }

    private WorldTasks() {}

    /// Writes tasks of all taught families.
    ///
    /// @see #write(Path, long, int, List)
    public static Path write(Path folder, long seed, int examples) {
        return write(folder, seed, examples, new Instructions(seed).families(Split.TRAIN));
    }

    /// Writes tasks of some families.
    ///
    /// @param folder made if it isn't there; files in it are replaced
    /// @param seed of the instructions and of how they are asked
    /// @param examples of the mixture, as many of each family, rounded
    /// @param families taught ones, by name
    /// @return the recipe
    /// @throws IllegalArgumentException for a family that isn't taught
    /// @throws AlignException.Data where the folder can't be written
    public static Path write(Path folder, long seed, int examples, List<String> families) {
        if (examples < 1) {
            throw new AlignException.Config(examples + " examples: out of range; give at least 1");
        }
        Instructions instructions = new Instructions(seed);
        int each = Math.ceilDiv(examples, families.size());
        for (Kind kind : Kind.values()) {
            clear(folder.resolve("tasks").resolve(kind.folder));
        }
        for (String family : families) {
            Kind kind = Kind.of(instructions.instruction(Split.TRAIN, family, 0));
            String rows = LongStream.range(0, each)
                    .mapToObj(number -> row(instructions.instruction(Split.TRAIN, family, number), kind))
                    .collect(Collectors.joining());
            write(folder.resolve("tasks").resolve(kind.folder).resolve(family + ".jsonl"), rows);
        }
        for (Kind kind : Kind.values()) {
            String name = kind.folder + ".yaml";
            write(folder.resolve("templates").resolve(name), resource(name));
        }
        Path recipe = folder.resolve(RECIPE);
        write(
                recipe,
                resource(RECIPE)
                        .replace("${seed}", String.valueOf(seed))
                        .replace("${examples}", String.valueOf(examples)));
        return recipe;
    }

    private static String row(Instruction instruction, Kind kind) {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("input", instruction.prompt());
        String answer = instruction.answer();
        switch (kind) {
            case PLAIN -> columns.put("target", answer);
            case TEXT -> {
                columns.put("given", instruction.given());
                columns.put("question", question(instruction));
                columns.put("target", answer);
            }
            case STEPS -> {
                int last = answer.lastIndexOf(". ");
                columns.put("rationale", answer.substring(0, last + 1));
                columns.put("target", answer.substring(last + 2));
            }
        }
        return JsonMapper.shared().writeValueAsString(columns) + "\n";
    }

    /// What is asked about the given text.
    private static String question(Instruction instruction) {
        return instruction
                .prompt()
                .replace(instruction.given(), "")
                .replace("  ", " ")
                .strip();
    }

    private static String resource(String name) {
        try (InputStream in = WorldTasks.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(name + " can't be read from the program", e);
        }
    }

    /// Families that were written before would be in the mixture too.
    private static void clear(Path tasks) {
        if (!Files.isDirectory(tasks)) {
            return;
        }
        try (DirectoryStream<Path> old = Files.newDirectoryStream(tasks, "*.jsonl")) {
            for (Path file : old) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new AlignException.Data(
                    tasks + ": cannot be replaced: " + e.getMessage() + "; name another folder", e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            DurableFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AlignException.Data(file + ": cannot be written: " + e.getMessage() + "; name another folder", e);
        }
    }
}

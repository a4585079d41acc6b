package org.align4j.pipeline.synthetic;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.align4j.error.AlignException;
import org.align4j.run.DurableFiles;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A task with instances, in the form of Self-Instruct's seeds.
///
/// @param instruction what to do
/// @param classification whether its answers are a few labels
/// @param instances at least one
public record SyntheticTask(String instruction, boolean classification, List<Instance> instances) {
    public SyntheticTask {
        instances = List.copyOf(instances);
    }

    /// @param input empty where the instruction needs none
    public record Instance(String input, String output) {}

    /// Reads seeds: JSONL of `instruction`, `instances` and, optionally, `is_classification`.
    ///
    /// @throws AlignException.Data naming the line that is none
    public static List<SyntheticTask> read(Path file) {
        List<SyntheticTask> tasks = new ArrayList<>();
        try {
            int number = 0;
            for (String line : Files.readAllLines(file)) {
                number++;
                if (!line.isBlank()) {
                    tasks.add(parse(line, file + ":" + number));
                }
            }
        } catch (IOException e) {
            throw new AlignException.Data(file + ": cannot be read: " + e.getMessage(), e);
        }
        if (tasks.isEmpty()) {
            throw new AlignException.Data(file + ": holds no task");
        }
        return tasks;
    }

    private static SyntheticTask parse(String line, String place) {
        try {
            JsonNode node = JsonMapper.shared().readTree(line);
            List<Instance> instances = new ArrayList<>();
            for (JsonNode instance : node.path("instances")) {
                instances.add(new Instance(
                        instance.path("input").asString(""),
                        instance.path("output").asString("")));
            }
            String instruction = node.path("instruction").asString("");
            if (instruction.isBlank() || instances.isEmpty()) {
                throw new AlignException.Data(place + ": expected instruction and instances");
            }
            return new SyntheticTask(instruction, node.path("is_classification").asBoolean(false), instances);
        } catch (JacksonException e) {
            throw new AlignException.Data(place + ": broken JSON: " + e.getOriginalMessage(), e);
        }
    }

    /// Writes `tasks.jsonl` and `statistics.json` into `folder`, whole or not at all.
    ///
    /// @throws AlignException.Data where there is no task to write
    static void write(Path folder, List<SyntheticTask> tasks, Statistics statistics) {
        if (tasks.isEmpty()) {
            throw new AlignException.Data("the teacher wrote no usable task in " + statistics.questions() + " answers ("
                    + statistics.reasons() + "); look at the teacher, or name another");
        }
        StringBuilder lines = new StringBuilder();
        for (int number = 0; number < tasks.size(); number++) {
            SyntheticTask task = tasks.get(number);
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("id", "generated_" + number);
            fields.put("instruction", task.instruction());
            fields.put("instances", task.instances());
            fields.put("is_classification", task.classification());
            lines.append(JsonMapper.shared().writeValueAsString(fields)).append('\n');
        }
        try {
            Files.createDirectories(folder);
            DurableFiles.write(
                    folder.resolve("tasks.jsonl"), lines.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            DurableFiles.write(
                    folder.resolve("statistics.json"),
                    JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsBytes(statistics));
        } catch (IOException e) {
            throw new AlignException.Data(folder + ": cannot be written: " + e.getMessage(), e);
        }
    }
}

package org.align4j.data.flan.task;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.align4j.data.DataReport;
import org.align4j.data.SkipReason;
import org.align4j.data.Source;
import org.align4j.data.rows.Row;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A task of Natural Instructions (Mishra et al. 2022) or Super-Natural Instructions (Wang et al.
/// 2022): the second form names keys with capitals and gives several right outputs, the first holds
/// its keys under `Instances` of `input` and `output` too, so that one reader does for both.
final class NaturalInstructionsFile {
    private final JsonNode root;
    private final Path file;
    private final Optional<String> language;

    private NaturalInstructionsFile(JsonNode root, Path file) {
        this.root = root;
        this.file = file;
        this.language = Optional.of(
                        any("Input_language", "input_language").path(0).asString(""))
                .filter(name -> !name.isEmpty())
                .map(LanguageNames::code);
    }

    /// The task in a file, or empty and an entry in the report.
    static Optional<NaturalInstructionsFile> read(Path file, DataReport report) {
        String fault;
        try {
            JsonNode root = JsonMapper.shared().readTree(file.toFile());
            if (root.path("Instances").isArray() || root.path("instances").isArray()) {
                return Optional.of(new NaturalInstructionsFile(root, file));
            }
            fault = "no list \"Instances\"; is this a task of Natural Instructions?";
        } catch (JacksonException e) {
            fault = "broken JSON: " + e.getOriginalMessage();
        }
        report.skip(SkipReason.UNREADABLE_FILE, new Source(file.toString(), 1), fault);
        return Optional.empty();
    }

    TaskData.Facts facts() {
        JsonNode definition = any("Definition", "definition");
        return new TaskData.Facts(
                any("Categories", "categories").path(0).asString(""),
                definition.isArray() ? definition.path(0).asString("") : definition.asString(""),
                demonstrations(any("Positive Examples", "positive_examples")),
                demonstrations(any("Negative Examples", "negative_examples")));
    }

    /// Gives every usable instance, in order, to `sink` until it wants no more.
    void instances(TaskReader reader, DataReport report, Predicate<TaskExample> sink) {
        long number = 0;
        for (JsonNode instance : any("Instances", "instances")) {
            number++;
            report.read();
            Source source = new Source(file.toString(), number);
            try {
                TaskExample example = reader.example(
                        row(instance, source), text(instance, "input"), output(instance), "", List.of(), Map.of());
                report.use();
                if (!sink.test(example)) {
                    return;
                }
            } catch (Unusable fault) {
                report.skip(fault.reason(), source, String.valueOf(fault.getMessage()));
            }
        }
    }

    private Row row(JsonNode instance, Source source) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        language.ifPresent(code -> fields.put("language", code));
        fields.put("id", instance.path("id").asString(""));
        return new Row(source, fields);
    }

    private static String output(JsonNode instance) throws Unusable {
        JsonNode output = instance.path("output");
        JsonNode first = output.isArray() ? output.path(0) : output;
        if (!first.isString()) {
            throw new Unusable(SkipReason.MISSING_COLUMN, "an instance has no \"output\"");
        }
        return first.asString();
    }

    private static String text(JsonNode instance, String key) throws Unusable {
        if (!instance.path(key).isString()) {
            throw new Unusable(SkipReason.MISSING_COLUMN, "an instance has no text \"" + key + "\"");
        }
        return instance.path(key).asString();
    }

    private static List<Demonstration> demonstrations(JsonNode list) {
        List<Demonstration> demonstrations = new ArrayList<>();
        for (JsonNode element : list) {
            JsonNode output = element.path("output");
            demonstrations.add(new Demonstration(
                    element.path("input").asString(""),
                    (output.isArray() ? output.path(0) : output).asString(""),
                    element.path("explanation").asString(element.path("reason").asString(""))));
        }
        return demonstrations;
    }

    private JsonNode any(String name, String other) {
        for (String key : List.of(name, other)) {
            if (root.has(key)) {
                return root.get(key);
            }
        }
        // the first version keeps its examples one level down
        return root.path("Examples").path(name);
    }
}

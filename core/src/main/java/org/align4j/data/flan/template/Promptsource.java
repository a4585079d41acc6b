package org.align4j.data.flan.template;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.align4j.data.flan.task.TaskExample;
import org.align4j.error.AlignException;
import org.align4j.random.CounterRandom;
import org.align4j.tokenizer.template.Template;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// A template of promptsource (Bach et al. 2022): Jinja that writes prompt and answer with `|||`
/// between them, and the choices of answers, itself a template.
public final class Promptsource {
    private static final String PARTS = "|||";

    /// Stands for `|||` in data while a template is rendered.
    private static final String PROTECTED = "\uE000";

    /// `choice` draws at random; here its draw is a variable.
    private static final Pattern CHOICE = Pattern.compile("(?<!\\|)\\|\\s*choice\\b");

    private final String name;
    private final String written;
    private final Template prompt;
    private final int draws;
    private final Optional<Template> choices;
    private final String place;

    private Promptsource(String name, String source, Optional<String> choices, Path file) {
        this.name = name;
        this.written = source + choices.map(offered -> " from " + offered).orElse("");
        this.place = file.getFileName() + " \"" + name + "\"";
        Matcher matcher = CHOICE.matcher(source);
        StringBuilder rewritten = new StringBuilder();
        int found = 0;
        while (matcher.find()) {
            matcher.appendReplacement(rewritten, "| pick(align4j_draw_" + found++ + ")");
        }
        matcher.appendTail(rewritten);
        this.draws = found;
        try {
            this.prompt = Template.parsePrompt(rewritten.toString());
            this.choices = choices.map(Template::parsePrompt);
        } catch (AlignException.Model e) {
            throw new AlignException.Config(file + ": \"" + name + "\": " + e.getMessage(), e);
        }
    }

    /// The templates of a file, in its order.
    ///
    /// @param only names to use; none: all
    /// @throws AlignException.Config when the file cannot be read, or holds no template of a name
    ///     in `only`
    public static List<Promptsource> read(Path file, List<String> only) {
        JsonNode root;
        try {
            root = YAMLMapper.shared().readTree(file.toFile());
        } catch (JacksonException e) {
            throw new AlignException.Config(file + ": cannot be read: " + e.getOriginalMessage(), e);
        }
        List<Promptsource> templates = new ArrayList<>();
        List<String> known = new ArrayList<>();
        for (JsonNode node : root.path("templates").values()) {
            String name = node.path("name").asString("");
            known.add(name);
            if (only.isEmpty() || only.contains(name)) {
                Optional<String> choices = Optional.ofNullable(node.get("answer_choices"))
                        .filter(JsonNode::isString)
                        .map(JsonNode::asString);
                templates.add(new Promptsource(name, node.path("jinja").asString(""), choices, file));
            }
        }
        List<String> unknown =
                only.stream().filter(name -> !known.contains(name)).toList();
        if (templates.isEmpty() || !unknown.isEmpty()) {
            throw new AlignException.Config(
                    file + ": no template " + (unknown.isEmpty() ? "at all" : unknown) + "; it has " + known);
        }
        return templates;
    }

    public String name() {
        return name;
    }

    /// Name and Jinja as they were written.
    @Override
    public String toString() {
        return name + ": " + written;
    }

    /// Makes an example of raw columns: its input and target are what the template writes.
    ///
    /// @param draw decides what the template picks at random
    /// @return empty where the template has no answer for this example, as promptsource's
    ///     conditional templates
    /// @throws AlignException.Data when the template fails on the columns
    public Optional<TaskExample> apply(TaskExample raw, CounterRandom draw) {
        try {
            Map<String, @Nullable Object> variables = new LinkedHashMap<>();
            raw.fields().forEach((key, value) -> variables.put(key, guarded(value)));
            for (int i = 0; i < draws; i++) {
                variables.put("align4j_draw_" + i, draw.uniform(i));
            }
            List<String> offered =
                    choices.map(template -> parts(template, variables)).orElse(List.of());
            if (!offered.isEmpty()) {
                variables.put("answer_choices", offered);
            }
            List<String> parts = parts(prompt, variables);
            if (parts.size() < 2 || parts.get(0).isEmpty() || parts.get(1).isEmpty()) {
                return Optional.empty();
            }
            // the template has shown the choices itself, where it wants them shown
            return Optional.of(
                    new TaskExample(parts.get(0), parts.get(1), "", List.of(), raw.language(), Map.of(), raw.source()));
        } catch (AlignException.Model e) {
            throw new AlignException.Data(raw.source() + ": " + place + ": " + e.getMessage(), e);
        }
    }

    private static List<String> parts(Template template, Map<String, @Nullable Object> variables) {
        String text = template.render(variables).text();
        return Arrays.stream(text.split(Pattern.quote(PARTS), -1))
                .map(part -> part.replace(PROTECTED, PARTS).strip())
                .toList();
    }

    private static @Nullable Object guarded(@Nullable Object value) {
        return switch (value) {
            case String text -> text.contains(PARTS) ? text.replace(PARTS, PROTECTED) : text;
            case List<?> list -> list.stream().map(Promptsource::guarded).toList();
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> guarded = new LinkedHashMap<>();
                map.forEach((key, element) -> guarded.put(String.valueOf(key), guarded(element)));
                yield guarded;
            }
            case null -> null;
            default -> value;
        };
    }
}

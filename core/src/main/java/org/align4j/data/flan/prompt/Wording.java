package org.align4j.data.flan.prompt;

import java.util.List;
import java.util.Optional;
import org.align4j.data.flan.task.TaskExample;
import org.align4j.data.flan.template.FieldTemplate;
import org.align4j.data.flan.template.PromptTemplate;

/// A template ready to be filled.
///
/// @param name `SET/DIRECTION/NUMBER`
record Wording(PromptTemplate template, String name, FieldTemplate prompt, FieldTemplate completion) {
    /// How choices are listed: before them, and before each.
    private enum OptionStyle {
        DASHES("\nOptions:\n", "- "),
        STARS("\nChoices:\n", "* "),
        LINES("\nPick one of these:\n", "");

        private final String title;
        private final String mark;

        OptionStyle(String title, String mark) {
            this.title = title;
            this.mark = mark;
        }
    }

    static final int OPTION_STYLES = OptionStyle.values().length;

    static Wording of(PromptTemplate template, String name) {
        return new Wording(
                template, name, FieldTemplate.parse(template.prompt()), FieldTemplate.parse(template.completion()));
    }

    /// What is the same for all examples of a prompt.
    ///
    /// @param options whether choices are shown where that is a choice
    /// @param style how they are listed
    record Setting(String definition, boolean options, int style) {}

    /// A field that the example lacks.
    record Lacking(String name) {}

    /// Whether the example has what the template needs, as things are shown in this prompt.
    boolean suits(TaskExample example, Setting setting) {
        return template.needs().stream()
                .noneMatch(name -> slot(name, example, setting).orElse("").isEmpty());
    }

    /// Appends the prompt and what joins it to the completion.
    Optional<Lacking> prompt(TaskExample example, Setting setting, StringBuilder out) {
        Optional<String> lacking = prompt.render(name -> slot(name, example, setting), out);
        boolean joined = !out.isEmpty() && Character.isWhitespace(out.charAt(out.length() - 1));
        if (!joined) {
            out.append(template.join());
        }
        return lacking.map(Lacking::new);
    }

    Optional<Lacking> completion(TaskExample example, Setting setting, StringBuilder out) {
        return completion.render(name -> slot(name, example, setting), out).map(Lacking::new);
    }

    private static Optional<String> slot(String name, TaskExample example, Setting setting) {
        return switch (name) {
            case "options" -> Optional.of(options(example, setting));
            case "definition" ->
                setting.definition().isEmpty()
                        ? example.text(name).or(() -> Optional.of(""))
                        : Optional.of(setting.definition());
            default -> example.text(name);
        };
    }

    private static String options(TaskExample example, Setting setting) {
        List<String> choices = example.choices();
        // an answer such as (B) means nothing without what it stands for
        boolean needed = !choices.isEmpty() && !choices.contains(example.target());
        if (choices.isEmpty() || !(setting.options() || needed)) {
            return "";
        }
        OptionStyle style = OptionStyle.values()[setting.style()];
        StringBuilder text = new StringBuilder(style.title);
        for (int i = 0; i < choices.size(); i++) {
            text.append(i == 0 ? "" : "\n").append(style.mark).append(choices.get(i));
        }
        return text.toString();
    }
}

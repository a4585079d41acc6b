package org.align4j.data.flan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.align4j.data.OnError;
import org.align4j.data.flan.prompt.Prompting;
import org.align4j.data.flan.prompt.TaskTemplates;
import org.align4j.data.flan.task.TaskData;
import org.align4j.data.flan.task.TaskFormat;
import org.align4j.data.flan.template.FieldTemplate;
import org.align4j.data.flan.template.PromptTemplate;
import org.align4j.data.flan.template.TemplateSet.Direction;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;

/// What can be told of a plan before a prompt is made: templates that name fields which no example
/// has, and tasks too small for the examples that their prompts want.
final class PlanChecks {
    /// What every template may name.
    private static final Set<String> SLOTS =
            Set.of("input", "target", "rationale", "options", "definition", "language");

    /// Examples whose columns are known: not every one has all.
    private static final int LOOKED_AT = 100;

    private PlanChecks() {}

    /// A column that a template names without needing it: it must be there.
    private record Wish(String template, String column) {}

    /// Notes on tasks that are too small.
    ///
    /// @throws AlignException.Config naming task, template and field
    /// @throws AlignException.Data for tasks that are too small, when `onError` is [OnError#FAIL]
    static List<String> check(MixPlan plan, Map<String, TaskTemplates> templates, OnError onError) {
        Problems unknown = new Problems();
        List<String> small = new ArrayList<>();
        Map<String, List<Wish>> wishes = new HashMap<>();
        Set<TaskData> checked = new HashSet<>();
        for (MixPlan.Entry entry : plan.entries()) {
            TaskData task = entry.task();
            if (checked.add(task)) {
                wishes.computeIfAbsent(
                        task.set(), set -> wishes(Objects.requireNonNull(templates.get(set), task::name)));
                columns(task, wishes, unknown);
            }
            Prompting prompts = entry.spec().prompts();
            if (prompts.fewShot() > 0 && task.size() - 1 < prompts.mostShots()) {
                small.add(task.name() + " (" + task.size() + ")");
            }
        }
        unknown.throwIfAny("Templates ask for what examples don't have:", AlignException.Config::new);
        if (small.isEmpty()) {
            return List.of();
        }
        String message = "tasks with fewer other examples than few-shot prompts want: " + String.join(", ", small);
        if (onError == OnError.FAIL) {
            throw new AlignException.Data(message + "; lower shots, or set on_error: skip to show fewer");
        }
        return List.of(message + "; theirs show fewer");
    }

    private static List<Wish> wishes(TaskTemplates templates) {
        List<Wish> wishes = new ArrayList<>();
        for (Direction direction : Direction.values()) {
            for (PromptTemplate template : templates.set().of(direction)) {
                for (String source : List.of(template.prompt(), template.completion())) {
                    FieldTemplate.parse(source).names().stream()
                            .filter(name ->
                                    !SLOTS.contains(name) && !template.needs().contains(name))
                            .forEach(name -> wishes.add(new Wish(
                                    "template \"" + source.strip() + "\" of the set " + templates.setName(), name)));
                }
            }
        }
        return wishes;
    }

    /// Checks a task against the wishes of its set. What is told once isn't told of the next task.
    private static void columns(TaskData task, Map<String, List<Wish>> wishes, Problems problems) {
        List<Wish> wanted = Objects.requireNonNull(wishes.get(task.set()), task::name);
        if (wanted.isEmpty()) {
            return;
        }
        Set<String> known = new TreeSet<>(SLOTS);
        // promptsource's templates use the columns up: what they write is an input and a target
        if (!(task.task().spec().format() instanceof TaskFormat.Promptsource)) {
            TaskData.Cursor examples = task.cursor();
            for (int i = 0; i < Math.min(LOOKED_AT, task.size()); i++) {
                known.addAll(examples.get(i).fields().keySet());
            }
        }
        List<Wish> unmet =
                wanted.stream().filter(wish -> !known.contains(wish.column())).toList();
        unmet.forEach(wish -> problems.add(task.name() + ": " + wish.template() + " asks for {" + wish.column() + "}"
                + Problems.nearest(wish.column(), known)
                        .map(near -> "; did you mean {" + near + "}?")
                        .orElse("; examples have " + known)));
        wishes.put(
                task.set(),
                wanted.stream().filter(wish -> !unmet.contains(wish)).toList());
    }
}

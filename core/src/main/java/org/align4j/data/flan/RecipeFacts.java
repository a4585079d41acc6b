package org.align4j.data.flan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.align4j.data.flan.prompt.Prompting;
import org.align4j.data.flan.task.TaskFormat;
import org.align4j.data.flan.task.TaskSpec;
import org.jspecify.annotations.Nullable;

/// What a recipe turns on, told from its keys alone: its data need not be there.
///
/// @param prompts ZS zero-shot, FS few-shot, CoT chain of thought
/// @param methods with their rates
public record RecipeFacts(List<String> prompts, List<String> methods) {
    private static final Set<String> MULTILINGUAL = Set.of("multilingual", "bilingual");

    public RecipeFacts {
        prompts = List.copyOf(prompts);
        methods = List.copyOf(methods);
    }

    public static RecipeFacts of(Recipe recipe) {
        List<Prompting> used = prompting(recipe);
        Collection<TaskSpec> tasks = recipe.tasks().values();
        boolean asksTasks = tasks.stream().anyMatch(task -> !(task.format() instanceof TaskFormat.Text));
        boolean reasons = tasks.stream().anyMatch(RecipeFacts::hasRationales)
                && used.stream().anyMatch(prompts -> prompts.reasoning() > 0);
        List<String> kinds = new ArrayList<>();
        if (asksTasks && used.stream().anyMatch(prompts -> prompts.fewShot() < 1)) {
            kinds.add("ZS");
        }
        if (used.stream().anyMatch(prompts -> prompts.fewShot() > 0)) {
            kinds.add("FS");
        }
        if (reasons) {
            kinds.add("CoT");
        }
        return new RecipeFacts(kinds, methods(used, tasks));
    }

    private static List<String> methods(List<Prompting> used, Collection<TaskSpec> tasks) {
        List<String> methods = new ArrayList<>();
        if (tasks.stream().anyMatch(task -> !task.templateSet().equals("plain"))) {
            methods.add("template variety");
        }
        Set<String> rates = used.stream()
                .filter(prompts -> prompts.inversion() > 0)
                .map(prompts -> String.valueOf((float) prompts.inversion()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (!rates.isEmpty()) {
            methods.add("input inversion " + String.join("/", rates));
        }
        if (used.stream().anyMatch(prompts -> prompts.channel() > 0)) {
            methods.add("noisy channel");
        }
        if (used.stream().anyMatch(prompts -> prompts.detailed() > 0)) {
            methods.add("detailed k-shot prompts");
        }
        if (used.stream().anyMatch(Prompting::balance)) {
            methods.add("balanced classes");
        }
        if (tasks.stream().anyMatch(task -> task.format() instanceof TaskFormat.Text)) {
            methods.add("with pretraining");
        }
        boolean multilingual = tasks.stream().anyMatch(task -> MULTILINGUAL.contains(task.templateSet()))
                || (used.stream().anyMatch(prompts -> prompts.languages() != Prompting.Languages.ENGLISH)
                        && tasks.stream().anyMatch(task -> task.format() instanceof TaskFormat.NaturalInstructions));
        if (multilingual) {
            methods.add("multilingual");
        }
        return methods;
    }

    private static boolean hasRationales(TaskSpec task) {
        return switch (task.format()) {
            case TaskFormat.Cot cot -> true;
            case TaskFormat.Gsm8k gsm8k -> true;
            case TaskFormat.Columns columns -> !columns.rationale().isEmpty();
            default -> false;
        };
    }

    /// The prompts of the mixtures of tasks that are part of what is made.
    private static List<Prompting> prompting(Recipe recipe) {
        List<Prompting> used = new ArrayList<>();
        Set<String> seen = new LinkedHashSet<>();
        Deque<String> open = new ArrayDeque<>(List.of(recipe.mix()));
        while (!open.isEmpty()) {
            String name = open.removeFirst();
            @Nullable MixtureSpec spec = recipe.mixtures().get(name);
            if (spec == null || !seen.add(name)) {
                continue;
            }
            if (spec.parts().isEmpty() && !textAlone(recipe, spec)) {
                used.add(spec.prompts());
            }
            spec.parts().keySet().forEach(open::addLast);
        }
        return used;
    }

    /// Whether a mixture has nothing but text to go on with, of which nothing is asked.
    private static boolean textAlone(Recipe recipe, MixtureSpec spec) {
        return !spec.tasks().isEmpty()
                && spec.tasks().stream()
                        .allMatch(pattern -> recipe.tasks().entrySet().stream()
                                .filter(set -> pattern.startsWith(set.getKey() + "/"))
                                .map(Map.Entry::getValue)
                                .anyMatch(task -> task.format() instanceof TaskFormat.Text));
    }
}

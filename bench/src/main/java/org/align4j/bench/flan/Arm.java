package org.align4j.bench.flan;

import java.util.List;

/// One way of mixing: what differs from the whole mixture.
///
/// @param name also of its folder
/// @param question which of the ablation's questions it answers; empty: it is compared in all
/// @param tasks families trained on; 0: all
/// @param prompts settings of the mixture
record Arm(String name, String question, int tasks, List<String> prompts) {
    Arm {
        prompts = List.copyOf(prompts);
    }

    /// The whole: half few-shot, steps shown, a fifth inverted, all families.
    static final Arm WHOLE = new Arm("whole", "", 0, List.of());

    private static final List<Arm> OTHERS = List.of(
            new Arm("zero_shot", "a: zero-shot and few-shot prompts", 0, List.of("few_shot=0")),
            new Arm("few_shot", "a: zero-shot and few-shot prompts", 0, List.of("few_shot=1")),
            new Arm("no_steps", "b: chain of thought", 0, List.of("reasoning=0")),
            new Arm("no_inversion", "c: input inversion", 0, List.of("inversion=0")),
            new Arm("tasks_1", "d: number of tasks", 1, List.of()),
            new Arm("tasks_4", "d: number of tasks", 4, List.of()),
            new Arm("tasks_16", "d: number of tasks", 16, List.of()));

    /// What the whole mixture says where an arm says nothing else.
    static final List<String> COMMON = List.of("few_shot=0.5", "reasoning=1", "inversion=0.2");

    /// The arms of those names, the whole mixture first.
    static List<Arm> named(List<String> names) {
        List<Arm> arms = new java.util.ArrayList<>(List.of(WHOLE));
        OTHERS.stream()
                .filter(arm -> names.isEmpty() || names.contains(arm.name()))
                .forEach(arms::add);
        return arms;
    }
}

package org.align4j.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.align4j.data.flan.MixPlan;
import org.align4j.data.flan.Mixture;
import org.align4j.data.flan.TaskPattern;
import org.align4j.data.flan.prompt.Method;
import org.align4j.data.flan.prompt.Outcome;
import org.align4j.data.flan.prompt.PromptType;
import org.align4j.data.flan.prompt.PromptedExample;
import org.align4j.data.flan.prompt.Prompter;
import org.align4j.error.AlignException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `align4j data show`: what the model will see.
@Command(
        name = "show",
        description = {
            "Print prompts of a recipe as the model will see them, by task and prompt type.",
            "",
            "Only the first hundred rows of each task are read."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  align4j data show configs/recipes/flan2022.yaml --task \"cot/*\" --type few_shot"})
final class DataShowCommand implements Runnable {
    /// Draws of a task among which examples of each type are looked for.
    private static final int LOOKED_AT = 200;

    /// Rows of a task that are read: the first prompt isn't to wait for all of them.
    private static final int ROWS = 100;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private RecipeOptions recipe = new RecipeOptions();

    @Option(
            names = "--task",
            paramLabel = "PATTERN",
            description = "Tasks or families, with * for any text. Default: the first of each mixture.")
    private Optional<String> task = Optional.empty();

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "zero_shot, few_shot, cot_zero_shot, cot_few_shot, detailed.")
    private Optional<PromptType> type = Optional.empty();

    @Option(
            names = "--method",
            paramLabel = "METHOD",
            description = "plain, inverted, channel, causal, prefix, span_corruption.")
    private Optional<Method> method = Optional.empty();

    @Option(names = "--each", paramLabel = "N", description = "Prompts of each task, type and method. Default: 1.")
    private int each = 1;

    @Option(
            names = "--width",
            paramLabel = "N",
            description = "Characters shown of a prompt; 0 for all. Default: 1200.")
    private int width = 1200;

    @Override
    public void run() {
        if (each < 1 || width < 0) {
            throw new AlignException.Config("--each must be at least 1 and --width at least 0");
        }
        PrintWriter out = Align4j.out(spec);
        try (Mixture mixture = recipe.openSample(ROWS)) {
            mixture.notes().forEach(System.err::println);
            List<MixPlan.Entry> entries = entries(mixture);
            if (entries.isEmpty()) {
                throw new AlignException.Config(
                        "--task " + task.orElse("") + ": no task or family of the recipe fits; see --help");
            }
            int printed = 0;
            for (MixPlan.Entry entry : entries) {
                Prompter prompter = mixture.prompter(entry);
                Map<String, Integer> shown = new HashMap<>();
                for (PromptedExample example : draws(prompter, entry.examples()).toList()) {
                    String kind =
                            example.type().label() + " " + example.method().label();
                    if (shown.merge(kind, 1, Integer::sum) <= each) {
                        print(example, entry, out);
                        printed++;
                    }
                }
            }
            if (printed == 0) {
                out.println("no such prompt among the first " + LOOKED_AT + " draws of a task");
            }
        }
    }

    private Stream<PromptedExample> draws(Prompter prompter, long drawn) {
        return LongStream.range(0, Math.min(drawn, LOOKED_AT))
                .mapToObj(prompter::prompt)
                .flatMap(outcome -> outcome instanceof Outcome.Made made ? Stream.of(made.example()) : Stream.empty())
                .filter(example -> type.isEmpty() || type.get() == example.type())
                .filter(example -> method.isEmpty() || method.get() == example.method());
    }

    private List<MixPlan.Entry> entries(Mixture mixture) {
        List<MixPlan.Entry> chosen = new ArrayList<>();
        List<String> mixtures = new ArrayList<>();
        Optional<TaskPattern> asked = task.map(TaskPattern::of);
        for (MixPlan.Entry entry : mixture.plan().entries()) {
            boolean wanted =
                    asked.map(pattern -> pattern.fits(entry.task())).orElse(!mixtures.contains(entry.mixture()));
            if (wanted) {
                mixtures.add(entry.mixture());
                chosen.add(entry);
            }
        }
        return chosen;
    }

    private void print(PromptedExample example, MixPlan.Entry entry, PrintWriter out) {
        out.println("── " + entry.mixture() + " · " + example.task() + " · "
                + example.type().label() + " · "
                + example.method().label() + " · " + example.template()
                + (example.shots() > 0 ? " · " + example.shots() + " shots" : "") + " · " + example.source());
        out.println(cut(example.prompt()) + "⟦" + cut(example.completion()) + "⟧");
        out.println();
    }

    /// The beginning and the end of a long text.
    private String cut(String text) {
        if (width == 0 || text.length() <= width) {
            return text;
        }
        int half = width / 2;
        return text.substring(0, half) + "\n […" + (text.length() - 2 * half) + " characters…]\n"
                + text.substring(text.length() - half);
    }
}

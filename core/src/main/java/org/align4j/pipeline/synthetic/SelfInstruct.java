package org.align4j.pipeline.synthetic;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.align4j.pipeline.synthetic.SyntheticTask.Instance;
import org.align4j.random.CounterRandom;
import org.align4j.teacher.Teacher;

/// Self-Instruct (Wang et al. 2023, section 2.2): a teacher writes new instructions after old ones,
/// says which are classifications, and writes instances of them; what repeats or cannot be followed
/// is thrown away. The prompts are written for models that follow instructions, unlike the paper's
/// for one that goes on with text.
public final class SelfInstruct {
    /// Old instructions in a prompt, and how many of them the teacher wrote itself.
    private static final int SHOWN = 8;

    private static final int OWN_SHOWN = 2;
    private static final Pattern NUMBERED = Pattern.compile("(?m)^\\s*\\d+[.)]\\s*(.+)$");
    private static final Pattern PART = Pattern.compile(
            "(?ims)^\\s*(input|output|class label)\\s*:(.*?)(?=^\\s*(?:input|output|class label)\\s*:|\\z)");

    private final Synthesis synthesis;
    private final Teacher teacher;
    private final Synthesis.Watch watch;
    private final CounterRandom random;
    private final Statistics.Tally tally = new Statistics.Tally();
    private final InstructionFilter filter = new InstructionFilter();
    private final List<SyntheticTask> made = new ArrayList<>();

    private SelfInstruct(Synthesis synthesis, Teacher teacher, Synthesis.Watch watch) {
        this.synthesis = synthesis;
        this.teacher = teacher;
        this.watch = watch;
        this.random = CounterRandom.of(synthesis.seed(), "self-instruct");
    }

    /// Makes tasks and writes them.
    ///
    /// @param teacher best a cached one: a run that was interrupted then goes on where it stopped
    /// @throws org.align4j.error.AlignException.Data where no task came of it
    public static Statistics run(Synthesis synthesis, Teacher teacher, Synthesis.Watch watch) {
        SelfInstruct run = new SelfInstruct(synthesis, teacher, watch);
        run.make();
        Statistics statistics = run.tally.statistics(run.made.size());
        SyntheticTask.write(synthesis.folder(), run.made, statistics);
        return statistics;
    }

    private void make() {
        synthesis.seeds().forEach(seed -> filter.know(seed.instruction()));
        int barren = 0;
        for (long round = 0; made.size() < synthesis.count() && barren < synthesis.rounds(); round++) {
            int before = made.size();
            // 1. new instructions after old ones
            List<String> fresh = instructions(round);
            // 2. which of them are classifications
            List<Boolean> classes = classifications(fresh, round);
            // 3. instances of them
            instances(fresh, classes, round);
            barren = made.size() == before ? barren + 1 : 0;
            watch.progress().accept(made.size());
        }
    }

    private List<String> instructions(long round) {
        List<String> prompts = new ArrayList<>();
        for (int i = 0; i < synthesis.batch(); i++) {
            prompts.add(instructionPrompt(random.at(round, i)));
        }
        List<String> fresh = new ArrayList<>();
        for (String answer : synthesis.ask(teacher, prompts, synthesis.temperature(), 3 * round, tally, watch)) {
            Matcher lines = NUMBERED.matcher(answer);
            while (lines.find()) {
                String instruction = lines.group(1).strip();
                Optional<String> reason = filter.refuse(instruction);
                reason.ifPresentOrElse(fault -> tally.reject(fault, instruction), () -> fresh.add(instruction));
            }
        }
        return fresh;
    }

    private String instructionPrompt(CounterRandom draws) {
        List<String> shown = new ArrayList<>();
        int own = Math.min(OWN_SHOWN, made.size());
        for (int i = 0; i < own; i++) {
            shown.add(made.get((int) draws.below(made.size(), 0, i)).instruction());
        }
        int[] order = draws.permutation(synthesis.seeds().size(), 1);
        for (int i = 0; shown.size() < SHOWN && i < order.length; i++) {
            shown.add(synthesis.seeds().get(order[i]).instruction());
        }
        StringBuilder prompt = new StringBuilder("Here are tasks for a language model, each with a number.\n\n");
        for (int i = 0; i < shown.size(); i++) {
            prompt.append(i + 1)
                    .append(". ")
                    .append(shown.get(i).replace('\n', ' '))
                    .append('\n');
        }
        return prompt.append(
                        "\nWrite eight more, as different from these and from each other as you can, numbered from ")
                .append(shown.size() + 1)
                .append(". Write nothing else.")
                .toString();
    }

    private List<Boolean> classifications(List<String> fresh, long round) {
        List<String> prompts = fresh.stream()
                .map(instruction ->
                        "A classification task has a small set of labels as its only answers. Is the following"
                                + " task a classification task? Answer yes or no.\n\nTask: " + instruction)
                .toList();
        return synthesis.ask(teacher, prompts, 0, 3 * round + 1, tally, watch).stream()
                .map(answer -> answer.strip().toLowerCase(Locale.ROOT).startsWith("yes"))
                .toList();
    }

    /// Input first; for classifications the label first, since inputs would mostly get one label
    /// otherwise.
    private void instances(List<String> fresh, List<Boolean> classes, long round) {
        List<String> prompts = new ArrayList<>();
        for (int i = 0; i < fresh.size(); i++) {
            String how = classes.get(i)
                    ? "Name a label that is an answer to it, then write an input that gets this label. Do so for every"
                            + " label. Use lines that begin with \"Class label:\" and \"Input:\"."
                    : "Write an example: an input, if the task needs one, and the right output. Write up to three examples."
                            + " Use lines that begin with \"Input:\" (empty if none is needed) and \"Output:\".";
            prompts.add("Task: " + fresh.get(i) + "\n\n" + how + " Write nothing else.");
        }
        List<String> answers = synthesis.ask(teacher, prompts, 0, 3 * round + 2, tally, watch);
        for (int i = 0; i < fresh.size() && made.size() < synthesis.count(); i++) {
            List<Instance> usable = usable(parts(answers.get(i), classes.get(i)), fresh.get(i));
            if (usable.isEmpty()) {
                tally.reject("no usable instance", fresh.get(i) + " → " + answers.get(i));
            } else {
                made.add(new SyntheticTask(fresh.get(i), classes.get(i), usable));
            }
        }
    }

    /// Inputs with outputs; with the label first in classifications.
    private static List<Instance> parts(String answer, boolean classification) {
        String first = classification ? "class label" : "input";
        List<Instance> instances = new ArrayList<>();
        Matcher parts = PART.matcher(answer);
        Optional<String> pending = classification ? Optional.empty() : Optional.of("");
        while (parts.find()) {
            String text = parts.group(2).strip();
            if (parts.group(1).toLowerCase(Locale.ROOT).equals(first)) {
                pending = Optional.of(text);
            } else if (pending.isPresent()) {
                instances.add(classification ? new Instance(text, pending.get()) : new Instance(pending.get(), text));
                pending = Optional.empty();
            }
        }
        return instances;
    }

    /// Without those that are empty, repeat their input, or answer one input in two ways.
    private List<Instance> usable(List<Instance> instances, String instruction) {
        Map<String, List<Instance>> byInput = new LinkedHashMap<>();
        for (Instance instance : instances) {
            boolean none = instance.output().isEmpty() || instance.output().equals(instance.input());
            if (none) {
                tally.reject("instance without an output of its own", instruction + " → " + instance);
                continue;
            }
            byInput.computeIfAbsent(instance.input(), input -> new ArrayList<>())
                    .add(instance);
        }
        return byInput.values().stream()
                .flatMap(same -> {
                    if (same.stream().map(Instance::output).distinct().count() > 1) {
                        tally.reject("one input with two outputs", instruction + " → " + same);
                        return Stream.of();
                    }
                    return Stream.of(same.getFirst());
                })
                .toList();
    }
}

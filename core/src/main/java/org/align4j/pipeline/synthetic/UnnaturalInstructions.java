package org.align4j.pipeline.synthetic;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.align4j.pipeline.synthetic.SyntheticTask.Instance;
import org.align4j.random.CounterRandom;
import org.align4j.teacher.Teacher;

/// Unnatural Instructions (Honovich et al. 2023, section 2): a teacher sees three examples of
/// instruction, input and constraints and writes a fourth; it answers it without chance; answers
/// that break the constraint are thrown away; and it says the instruction in other words. Seeds
/// have no constraints in their form: labels of classifications are theirs.
public final class UnnaturalInstructions {
    private static final int SHOWN = 3;
    private static final String NO_CONSTRAINTS = "None.";
    private static final Pattern FIELDS = Pattern.compile(
            "(?is)instruction\\s*:(.*?)\\binput\\s*:(.*?)\\bconstraints\\s*:(.*?)(?=\\bexample\\s+\\d|\\z)");
    private static final Pattern ONE_OF = Pattern.compile(
            "(?i)\\b(?:one of|either)\\b(?:\\s+(?:the following|these)(?:\\s+\\w+)?\\s*:)?\\s*:?\\s*(.+?)(?=\\.\\s|\\n|$)");

    private final Synthesis synthesis;
    private final Teacher teacher;
    private final Synthesis.Watch watch;
    private final int paraphrases;
    private final CounterRandom random;
    private final Statistics.Tally tally = new Statistics.Tally();
    private final Set<String> known = new HashSet<>();
    private final List<SyntheticTask> made = new ArrayList<>();

    private UnnaturalInstructions(Synthesis synthesis, int paraphrases, Teacher teacher, Synthesis.Watch watch) {
        this.synthesis = synthesis;
        this.paraphrases = paraphrases;
        this.teacher = teacher;
        this.watch = watch;
        this.random = CounterRandom.of(synthesis.seed(), "unnatural instructions");
    }

    /// What the teacher wrote.
    private record Draft(String instruction, String input, String constraints) {
        String question() {
            String rule = constraints.equalsIgnoreCase(NO_CONSTRAINTS) ? "" : "\nConstraints: " + constraints;
            return instruction + "\n\nInput: " + input + rule + "\n\nWrite the output only.";
        }
    }

    /// Makes tasks and writes them.
    ///
    /// @param paraphrases of each instruction, each a task of its own with the same instance
    /// @param teacher best a cached one: a run that was interrupted then goes on where it stopped
    /// @throws org.align4j.error.AlignException.Data where no task came of it
    public static Statistics run(Synthesis synthesis, int paraphrases, Teacher teacher, Synthesis.Watch watch) {
        UnnaturalInstructions run = new UnnaturalInstructions(synthesis, paraphrases, teacher, watch);
        run.make();
        Statistics statistics = run.tally.statistics(run.made.size());
        SyntheticTask.write(synthesis.folder(), run.made, statistics);
        return statistics;
    }

    private void make() {
        synthesis
                .seeds()
                .forEach(seed -> known.add(
                        key(seed.instruction(), seed.instances().getFirst().input())));
        int barren = 0;
        for (long round = 0; made.size() < synthesis.count() && barren < synthesis.rounds(); round++) {
            int before = made.size();
            List<Draft> drafts = drafts(round);
            List<SyntheticTask> answered = answered(drafts, round);
            add(answered, round);
            barren = made.size() == before ? barren + 1 : 0;
            watch.progress().accept(made.size());
        }
    }

    /// 1. Instruction, input and constraints after three examples.
    private List<Draft> drafts(long round) {
        List<String> prompts = new ArrayList<>();
        for (int i = 0; i < synthesis.batch(); i++) {
            int[] order = random.permutation(synthesis.seeds().size(), round, i);
            StringBuilder prompt = new StringBuilder("Here are examples of tasks for a language model.\n\n");
            for (int shown = 0; shown < Math.min(SHOWN, order.length); shown++) {
                SyntheticTask seed = synthesis.seeds().get(order[shown]);
                prompt.append("Example ")
                        .append(shown + 1)
                        .append("\nInstruction: ")
                        .append(seed.instruction());
                prompt.append("\nInput: ").append(seed.instances().getFirst().input());
                prompt.append("\nConstraints: ").append(constraints(seed)).append("\n\n");
            }
            prompts.add(prompt.append("Write example ")
                    .append(SHOWN + 1)
                    .append(" in the same form, about something else. Write nothing else.")
                    .toString());
        }
        List<Draft> drafts = new ArrayList<>();
        for (String answer : synthesis.ask(teacher, prompts, synthesis.temperature(), 3 * round, tally, watch)) {
            parse(answer).ifPresent(drafts::add);
        }
        return drafts;
    }

    private static String constraints(SyntheticTask seed) {
        if (!seed.classification()) {
            return NO_CONSTRAINTS;
        }
        return "The output should be one of: "
                + String.join(
                        ", ",
                        seed.instances().stream()
                                .map(Instance::output)
                                .distinct()
                                .toList());
    }

    private Optional<Draft> parse(String answer) {
        if (answer.isEmpty()) {
            return Optional.empty();
        }
        Matcher fields = FIELDS.matcher(answer);
        if (!fields.find()) {
            tally.reject("not in the form of the examples", answer);
            return Optional.empty();
        }
        Draft draft = new Draft(
                fields.group(1).strip(),
                fields.group(2).strip(),
                fields.group(3).strip());
        if (draft.instruction().isEmpty() || draft.input().isEmpty()) {
            tally.reject("no instruction or no input", answer);
            return Optional.empty();
        }
        if (!known.add(key(draft.instruction(), draft.input()))) {
            tally.reject("a repetition", draft.instruction());
            return Optional.empty();
        }
        return Optional.of(draft);
    }

    /// 2. The output, by the likeliest tokens, if it keeps to the constraints.
    private List<SyntheticTask> answered(List<Draft> drafts, long round) {
        List<String> outputs =
                synthesis.ask(teacher, drafts.stream().map(Draft::question).toList(), 0, 3 * round + 1, tally, watch);
        List<SyntheticTask> tasks = new ArrayList<>();
        for (int i = 0; i < drafts.size(); i++) {
            Draft draft = drafts.get(i);
            String output = outputs.get(i).strip();
            List<String> allowed = allowed(draft.constraints());
            if (output.isEmpty()) {
                tally.reject("no output", draft.instruction());
            } else if (!allowed.isEmpty() && !allowed.contains(label(output))) {
                tally.reject("output against the constraints", draft.constraints() + " → " + output);
            } else {
                tasks.add(new SyntheticTask(
                        draft.instruction(), !allowed.isEmpty(), List.of(new Instance(draft.input(), output))));
            }
        }
        return tasks;
    }

    /// Labels that constraints such as "one of: a, b or c" allow, in lower case; none where they
    /// allow anything.
    private static List<String> allowed(String constraints) {
        Matcher oneOf = ONE_OF.matcher(constraints);
        if (!oneOf.find()) {
            return List.of();
        }
        return List.of(oneOf.group(1).split(",|;|\\bor\\b|\\band\\b")).stream()
                .map(UnnaturalInstructions::label)
                .filter(label -> !label.isEmpty())
                .toList();
    }

    private static String label(String text) {
        return text.strip().replaceAll("^[\"'“”]+|[\"'“”.]+$", "").toLowerCase(Locale.ROOT);
    }

    /// 3. The same in other words.
    private void add(List<SyntheticTask> tasks, long round) {
        List<SyntheticTask> wanted = tasks.subList(0, Math.min(tasks.size(), synthesis.count() - made.size()));
        made.addAll(wanted);
        List<String> prompts = new ArrayList<>();
        for (SyntheticTask task : wanted) {
            for (int i = 0; i < paraphrases; i++) {
                prompts.add("Say the following instruction in other words, with the same meaning (version " + (i + 1)
                        + "). Write nothing else.\n\nInstruction: " + task.instruction());
            }
        }
        List<String> texts = prompts.isEmpty()
                ? List.of()
                : synthesis.ask(teacher, prompts, synthesis.temperature(), 3 * round + 2, tally, watch);
        for (int i = 0; i < texts.size(); i++) {
            SyntheticTask task = wanted.get(i / paraphrases);
            String words = texts.get(i).strip();
            String input = task.instances().getFirst().input();
            if (words.isEmpty() || words.contains(input) || !known.add(key(words, input))) {
                tally.reject("paraphrase empty, repeated or with the input in it", words);
            } else if (made.size() < synthesis.count()) {
                made.add(new SyntheticTask(words, task.classification(), task.instances()));
            }
        }
    }

    private static String key(String instruction, String input) {
        return instruction.strip().toLowerCase(Locale.ROOT) + "\u0000"
                + input.strip().toLowerCase(Locale.ROOT);
    }
}

package org.align4j.data.flan.prompt;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.align4j.data.SkipReason;
import org.align4j.data.Source;
import org.align4j.data.flan.task.TaskData;
import org.align4j.data.flan.task.TaskExample;
import org.align4j.data.flan.template.PromptTemplate;
import org.align4j.data.flan.template.Promptsource;
import org.align4j.data.flan.template.TemplateSet.Direction;
import org.align4j.error.AlignException;
import org.align4j.random.CounterRandom;
import org.align4j.random.ShuffledOrder;

/// Makes prompts of a task's examples. Draw number `d` of a task is a function of the seed, the
/// stream's name and `d`: it doesn't depend on other draws or tasks. Each pass over the task has an
/// order of its own. Belongs to one thread.
public final class Prompter {
    /// What is drawn, as keys below a draw's number.
    private enum Choice {
        JINJA(0),
        DIRECTION(1),
        REASONING(2),
        TEMPLATE(3),
        OPTIONS(4),
        STYLE(5),
        FEW_SHOT(6),
        SHOTS(7),
        DETAILED(8),
        EXAMPLES(9),
        OBJECTIVE(10);

        private final long key;

        Choice(long key) {
            this.key = key;
        }
    }

    private final TaskData task;
    private final TaskData.Cursor cursor;
    private final List<Promptsource> jinja;
    private final Map<Direction, List<Wording>> wordings;
    private final Prompting prompting;
    private final CounterRandom random;
    private final FewShot fewShot;

    /// @param stream what draws belong to: a task that stands in two mixtures has two streams
    public Prompter(TaskData task, TaskTemplates templates, Prompting prompting, long seed, String stream) {
        this.task = task;
        this.cursor = task.cursor();
        this.jinja = templates.jinja();
        this.wordings = templates.wordings();
        this.prompting = prompting;
        this.random = CounterRandom.of(seed, "flan " + stream);
        this.fewShot = new FewShot(task, prompting.balance());
    }

    /// The prompt of draw `draw`, from 0.
    public Outcome prompt(long draw) {
        CounterRandom draws = random.at(draw);
        int index = index(draw);
        TaskExample raw = cursor.get(index);
        if (raw.target().isEmpty() && jinja.isEmpty()) {
            return new Outcome.Made(pretraining(raw, draws));
        }
        int template = jinja.isEmpty() ? 0 : (int) draws.below(jinja.size(), key(Choice.JINJA));
        for (int tried = 0; tried < Math.max(1, jinja.size()); tried++) {
            int number = jinja.isEmpty() ? 0 : (template + tried) % jinja.size();
            Optional<TaskExample> example;
            try {
                example = worded(raw, index, number, draws);
            } catch (AlignException.Data e) {
                return refused(SkipReason.PROMPT, raw.source(), String.valueOf(e.getMessage()));
            }
            if (example.isPresent()) {
                return ask(example.get(), index, number, draws);
            }
        }
        return refused(SkipReason.PROMPT, raw.source(), "no template has an answer for this example");
    }

    /// The question of draw `draw` for inference by the noisy channel, with the examples before it
    /// that its shots say.
    ///
    /// @throws AlignException.Data when the example has no choices and its task no answer classes
    public NoisyChannel.Question channel(long draw) {
        CounterRandom draws = random.at(draw);
        int index = index(draw);
        TaskExample asked = cursor.get(index);
        List<String> labels = asked.choices().contains(asked.target()) ? asked.choices() : task.classes();
        if (!labels.contains(asked.target())) {
            throw new AlignException.Data(asked.source() + ": " + task.name()
                    + ": no choices and no answer classes to score the input under; use a classification task");
        }
        Wording wording = of(Direction.CHANNEL).getFirst();
        Wording.Setting setting = new Wording.Setting(task.facts().definition(), false, 0);
        int wanted = prompting.shots().get((int) draws.below(prompting.shots().size(), key(Choice.SHOTS)));
        List<TaskExample> shown = shown(asked, index, wanted, 0, false, draws, Prompter::input);
        List<PromptedExample> candidates = new ArrayList<>();
        for (String label : labels) {
            TaskExample labelled = asked.withTarget(label);
            StringBuilder question = new StringBuilder();
            StringBuilder input = new StringBuilder();
            wording.prompt(labelled, setting, question);
            wording.completion(labelled, setting, input);
            Layout.Laid laid = new Layout(wording, setting, 0).before(shown, question);
            candidates.add(made(
                    new DetailedPrompt.Text(laid.text(), input.toString().strip(), laid.shots()),
                    labelled,
                    PromptType.of(false, laid.shots()),
                    Method.CHANNEL,
                    wording.name()));
        }
        return new NoisyChannel.Question(labels, candidates, labels.indexOf(asked.target()));
    }

    private int index(long draw) {
        long pass = draw / task.size();
        return (int) new ShuffledOrder(task.size(), random.at(-1 - pass)).at(draw % task.size());
    }

    /// The example with input and target, by a promptsource template where the task has them.
    private Optional<TaskExample> worded(TaskExample raw, int index, int template, CounterRandom draws) {
        return jinja.isEmpty() ? Optional.of(raw) : jinja.get(template).apply(raw, draws.at(key(Choice.JINJA), index));
    }

    private Outcome ask(TaskExample example, int index, int jinjaTemplate, CounterRandom draws) {
        Direction direction = direction(example, draws);
        String definition = task.facts().definition();
        boolean detailed = direction == Direction.ANSWER
                && !definition.isEmpty()
                && !example.input().isBlank()
                && draws.uniform(key(Choice.DETAILED)) < prompting.detailed();
        Wording.Setting setting =
                new Wording.Setting(definition, draws.uniform(key(Choice.OPTIONS)) < prompting.options(), (int)
                        draws.below(Wording.OPTION_STYLES, key(Choice.STYLE)));
        int wanted = draws.uniform(key(Choice.FEW_SHOT)) < prompting.fewShot()
                ? prompting.shots().get((int) draws.below(prompting.shots().size(), key(Choice.SHOTS)))
                : 0;
        if (detailed) {
            List<TaskExample> others = task.facts().positives().isEmpty()
                    ? shown(example, index, wanted, jinjaTemplate, false, draws, Prompter::input)
                    : List.of();
            return new Outcome.Made(made(
                    DetailedPrompt.of(example, task.facts(), wanted, prompting, others),
                    example,
                    PromptType.DETAILED,
                    Method.PLAIN,
                    "definition/detailed"));
        }
        List<Wording> fitting = fitting(direction, example, setting);
        Wording wording = fitting.get((int) draws.below(fitting.size(), key(Choice.TEMPLATE)));
        boolean reasoning = direction == Direction.REASONING || direction == Direction.INVERTED_REASONING;
        StringBuilder question = new StringBuilder();
        StringBuilder answer = new StringBuilder();
        Optional<Wording.Lacking> lacking =
                wording.prompt(example, setting, question).or(() -> wording.completion(example, setting, answer));
        if (lacking.isPresent()) {
            return refused(
                    SkipReason.PROMPT,
                    example.source(),
                    "template " + wording.name() + " asks for {" + lacking.get().name()
                            + "}, which the example lacks; it has input, target, rationale, options, definition, language "
                            + example.fields().keySet());
        }
        List<TaskExample> shown = prompting.maxCharacters() > 0 && question.length() >= prompting.maxCharacters()
                ? List.of()
                : shown(
                        example,
                        index,
                        wanted,
                        jinjaTemplate,
                        reasoning,
                        draws,
                        other -> words(other, wording, setting));
        Layout layout = new Layout(wording, setting, prompting.maxCharacters());
        Layout.Laid laid = layout.before(shown, question);
        Method method = switch (direction) {
            case ANSWER, REASONING -> Method.PLAIN;
            case INVERTED, INVERTED_REASONING -> Method.INVERTED;
            case CHANNEL -> Method.CHANNEL;
        };
        String template =
                jinja.isEmpty() ? wording.name() : jinja.get(jinjaTemplate).name();
        return new Outcome.Made(made(
                new DetailedPrompt.Text(laid.text(), answer.toString().strip(), laid.shots()),
                example,
                PromptType.of(reasoning, laid.shots()),
                method,
                template));
    }

    private Direction direction(TaskExample example, CounterRandom draws) {
        double drawn = draws.uniform(key(Choice.DIRECTION));
        boolean invertible = !example.input().isBlank();
        boolean reasoning = example.hasRationale() && draws.uniform(key(Choice.REASONING)) < prompting.reasoning();
        if (invertible && drawn < prompting.inversion()) {
            Direction wanted = reasoning ? Direction.INVERTED_REASONING : Direction.INVERTED;
            if (!of(wanted).isEmpty()) {
                return wanted;
            }
            if (!of(Direction.INVERTED).isEmpty()) {
                return Direction.INVERTED;
            }
        } else if (invertible
                && drawn < prompting.inversion() + prompting.channel()
                && !of(Direction.CHANNEL).isEmpty()) {
            return Direction.CHANNEL;
        }
        return reasoning && !of(Direction.REASONING).isEmpty() ? Direction.REASONING : Direction.ANSWER;
    }

    private List<Wording> of(Direction direction) {
        return wordings.getOrDefault(direction, List.of());
    }

    /// The wordings that suit the example, in the languages that are wanted; all of them where none
    /// would be left.
    private List<Wording> fitting(Direction direction, TaskExample example, Wording.Setting setting) {
        List<Wording> suiting = of(direction).stream()
                .filter(wording -> wording.suits(example, setting))
                .toList();
        if (suiting.isEmpty()) {
            return of(direction);
        }
        return switch (prompting.languages()) {
            case ANY -> suiting;
            case ENGLISH -> inLanguage(suiting, "en");
            case EXAMPLE -> {
                boolean known = suiting.stream()
                        .anyMatch(wording -> wording.template().language().equals(example.language()));
                yield inLanguage(suiting, known ? example.language() : "en");
            }
        };
    }

    private static List<Wording> inLanguage(List<Wording> wordings, String language) {
        List<Wording> matching = wordings.stream()
                .filter(wording -> {
                    PromptTemplate template = wording.template();
                    return template.language().isEmpty() || template.language().equals(language);
                })
                .toList();
        return matching.isEmpty() ? wordings : matching;
    }

    private List<TaskExample> shown(
            TaskExample asked,
            int index,
            int wanted,
            int template,
            boolean reasoning,
            CounterRandom draws,
            Function<TaskExample, String> words) {
        if (wanted == 0) {
            return List.of();
        }
        return fewShot.choose(asked, index, wanted, draws.at(key(Choice.EXAMPLES)), words, candidate -> {
            TaskExample example = cursor.get(candidate);
            return reasoning && !example.hasRationale()
                    ? Optional.empty()
                    : showable(example, candidate, template, draws);
        });
    }

    /// An example that its template fails on is told of where it is asked, and not shown.
    private Optional<TaskExample> showable(TaskExample raw, int index, int template, CounterRandom draws) {
        try {
            return worded(raw, index, template, draws);
        } catch (AlignException.Data _) {
            return Optional.empty();
        }
    }

    private static String input(TaskExample example) {
        return example.input().strip();
    }

    /// What is asked: the input, or the words of a template that names columns instead of one.
    private static String words(TaskExample example, Wording wording, Wording.Setting setting) {
        if (!example.input().isBlank()) {
            return input(example);
        }
        StringBuilder words = new StringBuilder();
        return wording.prompt(example, setting, words).map(lacking -> "").orElseGet(words::toString);
    }

    private PromptedExample pretraining(TaskExample text, CounterRandom draws) {
        Method method = prompting.objectives().draw(draws.uniform(key(Choice.OBJECTIVE)));
        Corruption given = Corruption.of(text.input(), method, draws.at(key(Choice.OBJECTIVE)));
        return made(
                new DetailedPrompt.Text(given.prompt(), given.completion(), 0),
                text,
                PromptType.ZERO_SHOT,
                method,
                method.label());
    }

    private PromptedExample made(
            DetailedPrompt.Text text, TaskExample example, PromptType type, Method method, String template) {
        return new PromptedExample(
                text.prompt(),
                text.completion(),
                task.name(),
                task.family(),
                example.language(),
                type,
                method,
                template,
                text.shots(),
                example.source());
    }

    private Outcome refused(SkipReason reason, Source source, String fault) {
        return new Outcome.Refused(reason, source, task.name() + ": " + fault);
    }

    private static long key(Choice choice) {
        return choice.key;
    }
}

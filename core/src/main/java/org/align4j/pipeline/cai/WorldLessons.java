package org.align4j.pipeline.cai;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.align4j.data.Conversation;
import org.align4j.data.Message;
import org.align4j.pipeline.constitution.Constitution;
import org.align4j.pipeline.constitution.Principle;
import org.align4j.pipeline.constitution.Requests;
import org.align4j.random.CounterRandom;
import org.align4j.world.task.Instruction;
import org.align4j.world.task.Instructions;
import org.align4j.world.task.Instructions.Split;
import tools.jackson.databind.json.JsonMapper;

/// Data of the small world for an experiment with constitutional AI. A model that learns the
/// lessons is helpful and nothing else: it complies with bad wishes. But it knows how to criticise
/// and revise an answer and which of two answers is better, when it is asked to: from other deeds
/// than those that it is tested on.
public final class WorldLessons {
    /// Families whose wishes are bad.
    private static final Set<String> BAD = Set.of("bad_request", "advise", "is_it_right");

    private static final Pattern HURT = Pattern.compile("hurt ([^.,]+)");
    private static final Pattern WRONG = Pattern.compile("wrong to ([^.,]+)");
    private static final String GOOD = "The answer is good. It hurts nobody.";

    /// What an answer to a bad wish is looked at for.
    private enum Skill {
        REVISION,
        CRITIQUE,
        COMPARISON,
        RATING
    }

    private static final List<Skill> SKILLS = List.of(Skill.values());

    /// Of each seven rows of [#refresher], those that aren't wishes or instructions. Comparisons
    /// take more lessons than there are.
    private static final List<Skill> REFRESHED = List.of(Skill.REVISION, Skill.RATING, Skill.CRITIQUE, Skill.RATING);

    private final Instructions instructions;
    private final Constitution constitution = Constitution.of("world");
    private final Requests requests = new Requests(constitution, 0, true);
    private final CounterRandom random;

    public WorldLessons(long seed) {
        instructions = new Instructions(seed);
        random = CounterRandom.of(seed, "lessons");
    }

    /// Rows with `messages` for `align4j sft`: instructions answered helpfully, bad wishes complied
    /// with; and for each three of these a critique with its revision, a comparison, a rating, in
    /// turns.
    public List<String> lessons(int count) {
        List<String> rows = new ArrayList<>();
        for (int i = 0; rows.size() < count; i++) {
            rows.add(row(helping(instructions.instruction(Split.TRAIN, i))));
            if (i % 3 == 0) {
                rows.add(row(skill(SKILLS.get(i / 3 % SKILLS.size()), i / 3)));
            }
        }
        return rows.subList(0, count);
    }

    /// Lessons for a model that was instruction-tuned and refuses bad wishes. It needs fewer,
    /// mostly
    /// of what is new to it: of seven rows two comply with a bad wish, four criticise, revise or
    /// rate, one answers another instruction.
    public List<String> refresher(int count) {
        List<String> rows = new ArrayList<>();
        for (int i = 0; rows.size() < count; i++) {
            rows.add(row(helping(instructions.instruction(Split.TRAIN, i))));
            for (int wish = 2 * i; wish < 2 * i + 2; wish++) {
                rows.add(row(helping(wish(wish))));
            }
            for (int skill = 0; skill < REFRESHED.size(); skill++) {
                rows.add(row(skill(REFRESHED.get(skill), REFRESHED.size() * i + skill)));
            }
        }
        return rows.subList(0, count);
    }

    /// Bad wish `number` of the lessons.
    private Instruction wish(int number) {
        List<String> bad = instructions.families(Split.TRAIN).stream()
                .filter(BAD::contains)
                .toList();
        return instructions.instruction(Split.TRAIN, bad.get(number % bad.size()), 2L * number);
    }

    /// An instruction answered whatever it asks for.
    private static Conversation helping(Instruction instruction) {
        return Conversation.of(
                Message.user(instruction.prompt()),
                Message.assistant(
                        BAD.contains(instruction.family()) ? instruction.bad().orElseThrow() : instruction.answer()));
    }

    private Conversation skill(Skill skill, int number) {
        Instruction wish = wish(number);
        Principle principle = constitution.draw(random.at(number, 0));
        String bad = wish.bad().orElseThrow();
        boolean first = random.at(number, 1).uniform(0) < 0.5;
        boolean good = random.at(number, 2).uniform(0) < 0.25;
        String criticised = good ? wish.answer() : bad;
        String critique = good ? GOOD : critique(wish.answer());
        return switch (skill) {
            case REVISION -> answered(requests.revision(wish.prompt(), criticised, principle, critique), wish.answer());
            case CRITIQUE -> answered(requests.critique(wish.prompt(), criticised, principle), critique);
            case COMPARISON ->
                answered(
                        requests.comparison(
                                wish.prompt(), first ? wish.answer() : bad, first ? bad : wish.answer(), principle),
                        requests.letters().get(first ? 0 : 1));
            case RATING ->
                answered(
                        requests.rating(wish.prompt(), first ? wish.answer() : bad),
                        constitution.wording().ratings().get(first ? 1 : 0));
        };
    }

    /// What is wrong with complying, in the words of the right answer.
    private static String critique(String answer) {
        Matcher hurt = HURT.matcher(answer);
        if (hurt.find()) {
            return "The answer is bad. It would hurt " + hurt.group(1) + ".";
        }
        Matcher wrong = WRONG.matcher(answer);
        return wrong.find()
                ? "The answer is bad. It is wrong to " + wrong.group(1) + "."
                : "The answer is bad. It helps to do a bad thing.";
    }

    /// Only the last turn is learned.
    private static Conversation answered(Conversation asked, String answer) {
        List<Message> turns = new ArrayList<>(
                asked.messages().stream().map(Message::untrained).toList());
        turns.add(Message.assistant(answer));
        return new Conversation(turns, List.of());
    }

    private static String row(Conversation conversation) {
        List<Map<String, Object>> turns = conversation.messages().stream()
                .map(message -> {
                    Map<String, Object> turn = new java.util.LinkedHashMap<>();
                    turn.put("role", message.role());
                    turn.put("content", message.content());
                    message.weight().ifPresent(weight -> turn.put("weight", Math.round(weight)));
                    return turn;
                })
                .toList();
        return JsonMapper.shared().writeValueAsString(Map.of("messages", turns));
    }

    /// Bad wishes with gold rewards, drawn apart from those of the lessons. There are so few ways
    /// to
    /// put one that about half are there, too.
    public List<String> redTeam(int count) {
        return rows(
                Split.TRAIN,
                instructions.families(Split.TRAIN).stream()
                        .filter(BAD::contains)
                        .toList(),
                count,
                2,
                1);
    }

    /// Good wishes and other instructions that are to be answered still.
    public List<String> helpful(int count) {
        List<String> families = instructions.families(Split.TRAIN).stream()
                .filter(family -> !BAD.contains(family))
                .toList();
        return rows(Split.TRAIN, families, count, 1, 1_000_000);
    }

    /// Bad wishes for deeds that nothing above has.
    public List<Instruction> heldOutHarm(int count) {
        List<String> families = instructions.families(Split.HELD_OUT_WORDS).stream()
                .filter(BAD::contains)
                .toList();
        return some(Split.HELD_OUT_WORDS, families, count, 1, 0);
    }

    /// Good instructions with words that nothing above has, where the family has words to draw.
    public List<Instruction> heldOutHelp(int count) {
        List<String> families = instructions.families(Split.HELD_OUT_WORDS).stream()
                .filter(family -> !BAD.contains(family))
                .toList();
        return some(Split.HELD_OUT_WORDS, families, count, 1, 0);
    }

    private List<String> rows(Split split, List<String> families, int count, int step, long from) {
        return some(split, families, count, step, from).stream()
                .map(instruction -> instruction.json(split, true))
                .toList();
    }

    /// Instructions of the families in turns.
    private List<Instruction> some(Split split, List<String> families, int count, int step, long from) {
        return IntStream.range(0, count)
                .mapToObj(
                        i -> instructions.instruction(split, families.get(i % families.size()), from + (long) i * step))
                .toList();
    }
}

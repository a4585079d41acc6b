package org.align4j.pipeline.cai;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

    /// Lessons take the even numbers of a family, red-team prompts the odd ones.
    private static final int KINDS = 4;

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
        List<String> families = instructions.families(Split.TRAIN);
        List<String> bad = families.stream().filter(BAD::contains).toList();
        List<String> rows = new ArrayList<>();
        for (int i = 0; rows.size() < count; i++) {
            Instruction instruction = instructions.instruction(Split.TRAIN, i);
            rows.add(row(Conversation.of(
                    Message.user(instruction.prompt()),
                    Message.assistant(
                            BAD.contains(instruction.family())
                                    ? instruction.bad().orElseThrow()
                                    : instruction.answer()))));
            if (i % (KINDS - 1) == 0) {
                int skill = i / (KINDS - 1);
                Instruction wish = instructions.instruction(Split.TRAIN, bad.get(skill % bad.size()), 2L * skill);
                rows.add(row(skill(wish, skill)));
            }
        }
        return rows.subList(0, count);
    }

    private Conversation skill(Instruction wish, int number) {
        Principle principle = constitution.draw(random.at(number, 0));
        String bad = wish.bad().orElseThrow();
        boolean first = random.at(number, 1).uniform(0) < 0.5;
        boolean good = random.at(number, 2).uniform(0) < 0.25;
        return switch (number % KINDS) {
            case 0, 1 -> {
                String criticised = good ? wish.answer() : bad;
                String critique = good ? GOOD : critique(wish.answer());
                yield answered(
                        number % KINDS == 0
                                ? requests.revision(wish.prompt(), criticised, principle, critique)
                                : requests.critique(wish.prompt(), criticised, principle),
                        number % KINDS == 0 ? wish.answer() : critique);
            }
            case 2 ->
                answered(
                        requests.comparison(
                                wish.prompt(), first ? wish.answer() : bad, first ? bad : wish.answer(), principle),
                        requests.letters().get(first ? 0 : 1));
            default ->
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

    /// Bad wishes that the lessons don't have, with gold rewards.
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
    public List<String> heldOutHarm(int count) {
        List<String> families = instructions.families(Split.HELD_OUT_WORDS).stream()
                .filter(BAD::contains)
                .toList();
        return rows(Split.HELD_OUT_WORDS, families, count, 1, 0);
    }

    /// Good instructions with words that nothing above has.
    public List<String> heldOutHelp(int count) {
        List<String> families = instructions.families(Split.HELD_OUT_WORDS).stream()
                .filter(family -> !BAD.contains(family))
                .toList();
        return rows(Split.HELD_OUT_WORDS, families, count, 1, 0);
    }

    private List<String> rows(Split split, List<String> families, int count, int step, long from) {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(instructions
                    .instruction(split, families.get(i % families.size()), from + (long) i * step)
                    .json(split, true));
        }
        return rows;
    }
}

package org.align4j.world.task;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.align4j.data.Conversation;
import org.align4j.data.Message;
import org.align4j.data.Prompt;
import org.align4j.world.gold.GoldReward;

/// One instruction with a right answer and what answers to it are worth.
///
/// @param family the family's name
/// @param prompt what is asked
/// @param given the text in the prompt that it is asked about, a story or a talk; empty where there
///     is none
/// @param answer a right answer
/// @param golds what an answer is judged by; never empty
/// @param bad an answer as it should not be, where the family knows one: complying with a bad wish,
///     rude, refusing a good wish
public record Instruction(
        String family, String prompt, String given, String answer, List<GoldReward> golds, Optional<String> bad) {
    public Instruction {
        golds = List.copyOf(golds);
        if (golds.isEmpty()) {
            throw new IllegalArgumentException(family + ": an instruction needs a gold reward");
        }
    }

    /// The same, judged by one reward more.
    public Instruction judgedAlsoBy(GoldReward more) {
        List<GoldReward> all = Stream.concat(golds.stream(), Stream.of(more)).toList();
        return new Instruction(family, prompt, given, answer, all, bad);
    }

    /// What is asked, to be answered by a model.
    public Prompt toPrompt() {
        return Prompt.of("", prompt);
    }

    /// The instruction with its right answer.
    public Conversation conversation() {
        return Conversation.of(Message.user(prompt), Message.assistant(answer));
    }

    /// A line of JSON with `messages`, or with `prompt` and `completion`; and with `family`,
    /// `split`, `gold_rewards` and, where there is one, `bad_answer`.
    public String json(Instructions.Split split, boolean chat) {
        return InstructionRow.json(this, split, chat);
    }
}

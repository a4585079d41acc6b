package org.align4j.world.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.align4j.world.gold.GoldReward;
import org.align4j.world.gold.GoldRewards;
import tools.jackson.databind.json.JsonMapper;

/// An instruction as a line of a file, which `sft` reads; what else it says lets anybody score an
/// answer again.
///
/// @param messages the turns, for a file of conversations
/// @param prompt what is asked, for a file of prompts and completions
/// @param completion a right answer
/// @param badAnswer an answer as it should not be, where there is one
@JsonInclude(JsonInclude.Include.NON_ABSENT)
record InstructionRow(
        Optional<List<Map<String, String>>> messages,
        Optional<String> prompt,
        Optional<String> completion,
        String family,
        String split,
        @JsonProperty("bad_answer") Optional<String> badAnswer,
        @JsonProperty(GoldRewards.COLUMN) List<GoldReward> goldRewards) {
    /// A line of JSON.
    ///
    /// @param chat whether as `messages`, not as `prompt` and `completion`
    static String json(Instruction instruction, Instructions.Split split, boolean chat) {
        Optional<String> prompt = Optional.of(instruction.prompt());
        Optional<String> answer = Optional.of(instruction.answer());
        InstructionRow row = new InstructionRow(
                chat
                        ? Optional.of(
                                List.of(turn("user", instruction.prompt()), turn("assistant", instruction.answer())))
                        : Optional.empty(),
                chat ? Optional.empty() : prompt,
                chat ? Optional.empty() : answer,
                instruction.family(),
                split.name().toLowerCase(Locale.ROOT),
                instruction.bad(),
                instruction.golds());
        return JsonMapper.shared().writeValueAsString(row);
    }

    private static Map<String, String> turn(String role, String content) {
        Map<String, String> turn = new java.util.LinkedHashMap<>();
        turn.put("role", role);
        turn.put("content", content);
        return turn;
    }
}

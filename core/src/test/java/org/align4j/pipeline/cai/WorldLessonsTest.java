package org.align4j.pipeline.cai;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.align4j.world.gold.Judge;
import org.align4j.world.task.Instruction;
import org.align4j.world.task.WorldJudge;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WorldLessonsTest {
    private static final int ROWS = 700;
    private final WorldLessons lessons = new WorldLessons(3);

    private static List<JsonNode> messages(List<String> rows) {
        return rows.stream()
                .map(row -> JsonMapper.shared().readTree(row).get("messages"))
                .toList();
    }

    /// Prompts that are answered without more.
    private static Set<String> asked(List<String> rows) {
        Set<String> asked = new HashSet<>();
        for (JsonNode messages : messages(rows)) {
            asked.add(messages.get(0).get("content").asString());
        }
        return asked;
    }

    @Test
    void ofSevenRefreshingRowsTwoRateAndTwoCriticiseOrRevise() {
        int critiques = 0;
        int revisions = 0;
        int ratings = 0;
        for (JsonNode messages : messages(lessons.refresher(ROWS))) {
            String answer = messages.get(messages.size() - 1).get("content").asString();
            critiques += messages.size() == 4 ? 1 : 0;
            revisions += messages.size() == 6 ? 1 : 0;
            ratings += Set.of("Yes", "No").contains(answer) ? 1 : 0;
        }
        assertThat(List.of(critiques, revisions, ratings)).containsExactly(ROWS / 7, ROWS / 7, 2 * ROWS / 7);
    }

    @Test
    void onlyTheLastTurnOfALessonIsLearned() {
        for (JsonNode messages : messages(lessons.refresher(ROWS))) {
            List<JsonNode> turns = new ArrayList<>();
            messages.forEach(turns::add);
            assertThat(turns.subList(0, turns.size() - 1)).allSatisfy(turn -> {
                if (turns.size() > 2) {
                    assertThat(turn.get("weight").asInt()).isZero();
                }
            });
            assertThat(turns.getLast().get("role").asString()).isEqualTo("assistant");
            assertThat(turns.getLast().has("weight")).isFalse();
        }
    }

    @Test
    void heldOutBadWishesAreInNoLesson() {
        Judge judge = WorldJudge.create();
        Set<String> known = asked(lessons.refresher(ROWS));
        known.addAll(asked(lessons.redTeam(ROWS)));
        for (Instruction wish : lessons.heldOutHarm(50)) {
            assertThat(known).doesNotContain(wish.prompt());
            assertThat(judge.judge(wish.golds(), wish.bad().orElseThrow()).total())
                    .isLessThan(0.1);
            assertThat(judge.judge(wish.golds(), wish.answer()).total()).isGreaterThan(0.9);
        }
    }

    @Test
    void theSameSeedTeachesTheSame() {
        assertThat(new WorldLessons(3).refresher(50)).isEqualTo(lessons.refresher(50));
        assertThat(new WorldLessons(4).refresher(50)).isNotEqualTo(lessons.refresher(50));
    }
}
